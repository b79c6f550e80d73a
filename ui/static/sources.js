// The cards beside the chat: the sentences that an answer rests on, and where they stand.
(() => {
  "use strict";

  const {
    say, element, button, whole, direct, dialogTitle, openDialog, paragraphs, warnings, parts,
  } = window.sanad;
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const plain = (line) => line;
  const marked = (line) => element("mark", "", line);
  const inside = (line) => element("span", "inside", line);

  let shownTurn = null;

  function drawSources(root, turns) {
    const at = shownTurn !== null && shownTurn < turns.length ? shownTurn : turns.length - 1;
    const turn = turns[at];
    const refused = turn?.state === "abstained" && turn.cards.length > 0;
    const heading = element("h2", "", say(refused ? "nearest_passages" : "sources"));
    const content = (turn?.cards || []).map((card, index) => drawCard(card, at, index));
    if (refused) content.unshift(element("p", "hint", say("nearest_hint")));
    if (!content.length) content.push(element("p", "hint empty", say(emptyReason(turn))));
    root.replaceChildren(heading, ...content);
  }

  function emptyReason(turn) {
    if (turn?.state === "working" || turn?.state === "waiting") return "working";
    if (turn?.state === "answered" || turn?.state === "doubtful") return "no_sources";
    if (turn?.state === "small_talk") return "no_sources_needed";
    if (parts.get("examples")?.value().documents === 0) return "no_documents_hint";
    return "sources_hint";
  }

  function drawCard(card, turn, index) {
    const made = element("article", "card");
    made.id = `source-${turn}-${card.marker ?? `near-${index}`}`;
    made.tabIndex = -1;
    const head = element("div", "card-head");
    if (card.marker !== null) {
      made.setAttribute("aria-label", say("source_number", { number: card.marker }));
      head.append(element("span", "number", String(card.marker)));
    }
    const name = element("span", "name", card.document);
    name.dir = "auto";
    head.append(name);
    const passage = direct(element("div", "passage"), card.language);
    passage.append(...paragraphs([
      [card.before, plain], [card.sentence, card.span ? marked : plain], [card.after, plain],
    ], card.language));
    const where = place(card, say(`language_${card.language}`));
    made.append(head, where, ...warnings(card.warnings), passage,
      button("link", say("show_in_document"), (event) => showPassage(card, event.currentTarget)));
    return made;
  }

  /** Where a passage stands: "page 4 › Leave › Part-time". */
  function place(card, ...facts) {
    const line = element("div", "details");
    const steps = card.page === null ? [] : [say(card.unit, { number: card.page })];
    [...steps, ...card.section].forEach((step, at) => line.append(at ? " › " : "", whole(step)));
    for (const fact of facts) line.append(line.childNodes.length ? " · " : "", whole(fact));
    return line;
  }

  function showSource(turn, digits) {
    if (shownTurn !== turn) {
      shownTurn = turn;
      parts.get("sources")?.draw();
    }
    for (const active of document.querySelectorAll(".card.active")) active.classList.remove("active");
    const card = document.getElementById(`source-${turn}-${digits}`);
    if (!card) return;
    card.classList.add("active");
    card.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "nearest" });
    card.focus({ preventScroll: true });
  }

  async function showPassage(card, opener) {
    let found = null;
    try {
      const answer = await fetch(`/api/passages/${card.passage}`);
      if (answer.ok) found = await answer.json();
    } catch { /* the server is gone: said below */ }
    const body = element("div", "dialog-text");
    if (found) {
      direct(body, found.language);
      const letters = [...found.text]; // offsets count code points, JavaScript's strings do not
      const part = (from, to) => letters.slice(from, to).join("");
      const [from, to] = card.span || [0, 0];
      body.append(...paragraphs([
        [found.begins ? "" : "… ", plain], [found.before, plain],
        [part(0, from), inside], [part(from, to), marked], [part(to), inside],
        [found.after, plain], [found.ends ? "" : " …", plain],
      ], found.language));
    } else {
      body.append(say("passage_gone"));
    }
    const where = place(card);
    const content = where.childNodes.length ? [where, body] : [body];
    const dialog = openDialog(dialogTitle(card.document), content, opener);
    dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
  }

  window.sanad.drawings.sources = drawSources;
  Object.assign(window.sanad, { showSource, showLastTurn: () => { shownTurn = null; } });
})();
