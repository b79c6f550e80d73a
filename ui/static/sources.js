// The cards beside the chat: the sentences that an answer rests on, and where they stand.
(() => {
  "use strict";

  const { say, element, button, whole, direct, paragraphs, warnings, parts, read } = window.sanad;
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const plain = (line) => line;
  const marked = (line) => element("mark", "", line);

  let shownTurn = null;

  const turnsOf = () => parts.get("chat")?.value()?.exchanges || [];
  const cardOf = (exchange, digits) => exchange.cards.find((card) => card.marker === digits);

  function drawSources(root) {
    const turns = turnsOf();
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
    if (parts.get("examples")?.value()?.documents === 0) return "no_documents_hint";
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
      button("link", say("show_in_document"), (event) => {
        const [from, to] = card.span ? card.at : [card.at[0], card.at[0]];
        read(card.document, card.at[0], { from, to, opener: event.currentTarget });
      }));
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

  // ---- a marker's source beside it, while it is pointed at or has the focus ---------------------

  let shown = null;

  function tip(marker, card) {
    const show = () => {
      const told = card();
      if (!told) return;
      hideTip();
      shown = element("div", "tip");
      shown.id = "sanad-tip";
      shown.setAttribute("role", "tooltip");
      const name = element("p", "name", told.document);
      name.dir = "auto";
      shown.append(name, direct(element("p", "quote", told.sentence), told.language));
      (document.querySelector(".gradio-container") || document.body).append(shown);
      marker.setAttribute("aria-describedby", shown.id);
      setBeside(shown, marker.getBoundingClientRect());
    };
    marker.addEventListener("mouseenter", show);
    marker.addEventListener("focus", show);
    for (const event of ["mouseleave", "blur", "click"]) marker.addEventListener(event, hideTip);
  }

  function setBeside(node, place) {
    const { width, height } = node.getBoundingClientRect();
    const left = Math.max(8, Math.min(innerWidth - width - 8, place.left + place.width / 2 - width / 2));
    const above = place.top - height - 8;
    node.style.left = `${left}px`;
    node.style.top = `${above > 8 ? above : place.bottom + 8}px`;
  }

  function hideTip() {
    shown?.remove();
    shown = null;
  }

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
  document.addEventListener("scroll", hideTip, { capture: true, passive: true });

  window.sanad.drawings.sources = drawSources;
  Object.assign(window.sanad, {
    showSource, cardOf, tip, showLastTurn: () => { shownTurn = null; },
  });
})();
