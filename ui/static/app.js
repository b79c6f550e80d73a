// What Gradio does not do: the page in two languages, direction per message, markers that lead to
// their source, and the parts drawn from JSON (sources, documents, progress).
//
// Texts of documents and models are hostile: they reach the page through textContent and append
// alone, never through innerHTML or a template.
(() => {
  "use strict";

  const texts = window.sanadTexts;
  const facts = window.sanadFacts;
  const REMEMBERED = "sanad-language";
  const ARABIC = /[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/g;
  const LATIN = /[A-Za-z\u00c0-\u024f]/g;
  const MARKER = /\[([0-9]{1,3})\]/;

  // ---- language -----------------------------------------------------------------------------

  let language = chosenLanguage();

  function chosenLanguage() {
    const kept = stored();
    if (kept === "ar" || kept === "en") return kept;
    const wanted = navigator.languages?.length ? navigator.languages : [navigator.language || ""];
    const known = wanted.map((code) => code.slice(0, 2)).find((code) => code === "ar" || code === "en");
    return known || "en";
  }

  // A browser may forbid storage; the page works without.
  function stored() {
    try { return localStorage.getItem(REMEMBERED); } catch { return null; }
  }
  function store(code) {
    try { localStorage.setItem(REMEMBERED, code); } catch { /* not remembered */ }
  }

  function say(key, fields = {}) {
    return texts[key][language].replace(/\{(\w+)\}/g, (whole, name) =>
      // Isolated, so that a file name does not turn the sentence around.
      name in fields ? `\u2068${fields[name]}\u2069` : whole);
  }

  const number = (value) => new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : "en").format(value);

  const day = (value) => {
    const date = new Date(value);
    if (Number.isNaN(date.getTime())) return value;
    const locale = language === "ar" ? "ar-u-nu-latn-ca-gregory" : "en-GB";
    return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" }).format(date);
  };

  // Gradio takes the language for its own words from the browser when it starts.
  for (const [name, value] of [["language", () => language], ["languages", () => [language]]]) {
    Object.defineProperty(navigator, name, { get: value, configurable: true });
  }

  async function switchTo(code) {
    language = code;
    store(code);
    nameDocument();
    for (const part of parts.values()) part.draw();
    decorate();
    document.getElementById(`tabs-in-${code}`)?.click();
    // Gradio offers no call for this; its own module does it. Where that cannot be found, only
    // Gradio's own words stay in the old language until the page is loaded again.
    try {
      const core = performance.getEntriesByType("resource").map((entry) => entry.name)
        .find((name) => /\/assets\/core-[^/]+\.js$/.test(name));
      const module = core && await import(core);
      module?.changeLocale?.(code);
    } catch (error) {
      console.warn("Gradio's own words stay as they are:", error);
    }
  }

  function nameDocument() {
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    document.title = texts.page_title[language];
  }

  // ---- small things -------------------------------------------------------------------------

  function element(tag, className = "", ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function button(className, label, onClick) {
    const made = element("button", className, label);
    made.type = "button";
    made.addEventListener("click", onClick);
    return made;
  }

  /** Text that keeps its own direction beside words of another. */
  const whole = (text) => element("bdi", "", text);

  const languageOf = (text) =>
    (text.match(ARABIC) || []).length > (text.match(LATIN) || []).length ? "ar" : "en";

  function direct(node, code) {
    const dir = code === "ar" ? "rtl" : "ltr";
    if (node.dir !== dir) node.dir = dir;
    if (node.lang !== code) node.lang = code;
    return node;
  }

  const dialogTitle = (text) => {
    const title = element("h2", "", text);
    title.dir = "auto";
    return title;
  };

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---- messages: direction, and markers as buttons --------------------------------------------

  function decorate() {
    const bubbles = document.querySelectorAll('#chat [data-testid="user"], #chat [data-testid="bot"]');
    let turn = -1;
    for (const bubble of bubbles) {
      const answered = bubble.dataset.testid === "bot";
      if (answered) turn += 1;
      direct(bubble, languageOf(bubble.textContent));
      // An English frame around the same words, read instead of them.
      if (bubble.hasAttribute("aria-label")) bubble.removeAttribute("aria-label");
      if (answered) markers(bubble, turn);
    }
    setAttribute('#chat [role="log"]', "aria-label", say("conversation"));
    for (const made of document.querySelectorAll("button.marker")) {
      const label = say("source_number", { number: made.textContent });
      if (made.getAttribute("aria-label") !== label) made.setAttribute("aria-label", label);
    }
    setAttribute('#upload [data-testid="upload-text"]', "data-hint", say("drop_files"));
    setAttribute("#upload .upload-container", "aria-label", say("drop_files"));
    setAttribute("#question textarea", "dir", "auto");
    setAttribute("#question textarea", "aria-label", say("question"));
    setAttribute("#question .submit-button", "aria-label", say("send"));
    setAttribute("#question .submit-button", "title", say("send"));
    setAttribute("#question .stop-button", "aria-label", say("stop"));
    setAttribute("#question .stop-button", "title", say("stop"));
    // Gradio writes dir="ltr" on every block; the page's own direction is meant.
    setAttribute('.block[dir], label[data-testid="block-label"]', "dir", document.documentElement.dir);
  }

  function setAttribute(selector, name, value) {
    for (const node of document.querySelectorAll(selector)) {
      if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
  }

  // Text nodes that Gradio goes on writing into -> what was left in them, what was put behind.
  const taken = new WeakMap();

  function markers(bubble, turn) {
    const walker = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) {
      const before = taken.get(node);
      if (before && node.data === before.left) continue;
      before?.added.forEach((old) => old.remove()); // Gradio has written the whole text again
      taken.delete(node);
      if (!node.isConnected || !MARKER.test(node.data) || node.parentElement.closest("button")) continue;
      const pieces = node.data.split(MARKER); // text, digits, text, digits, ...
      // A marker does not stand alone on the next line.
      const added = pieces.slice(1).map((piece, at) => at % 2
        ? document.createTextNode(piece.replace(/ $/, "\u00a0")) : marker(piece, turn));
      node.data = pieces[0].replace(/ $/, "\u00a0");
      node.after(...added);
      taken.set(node, { left: node.data, added });
    }
  }

  function marker(digits, turn) {
    const made = button("marker", digits, () => showSource(turn, Number(digits)));
    made.dataset.turn = turn;
    return made;
  }

  // ---- sources ------------------------------------------------------------------------------

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
    if (turn?.state === "answered") return "no_sources";
    if (shelfLoaded() && !examplesPart().documents) return "no_documents_hint";
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
    const details = element("div", "details");
    const facts = [say(`language_${card.language}`), ...card.section];
    if (card.page !== null) facts.unshift(say("page", { page: card.page }));
    facts.forEach((fact, at) => details.append(at ? " · " : "", whole(fact)));
    const passage = direct(element("p", "passage"), card.language);
    const sentence = card.span ? element("mark", "", card.sentence) : card.sentence;
    passage.append(card.before, sentence, card.after);
    made.append(head, details, passage,
      button("link", say("show_in_document"), (event) => showPassage(card, event.currentTarget)));
    return made;
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
      const middle = element("span", "inside", part(0, from));
      if (card.span) middle.append(element("mark", "", part(from, to)));
      middle.append(part(to));
      body.append(found.begins ? "" : "… ", found.before, middle, found.after, found.ends ? "" : " …");
    } else {
      body.append(say("passage_gone"));
    }
    const dialog = openDialog(dialogTitle(card.document), [body], opener);
    dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
  }

  function openDialog(title, content, opener, actions = null) {
    const dialog = element("dialog", "sanad-dialog");
    title.id = "sanad-dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const close = () => dialog.close();
    const foot = element("div", "dialog-actions");
    foot.append(...(actions ? actions(close) : [button("plain", say("close"), close)]));
    dialog.append(title, ...content, foot);
    dialog.addEventListener("close", () => { dialog.remove(); opener?.focus(); });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
    (document.querySelector(".gradio-container") || document.body).append(dialog);
    dialog.showModal();
    return dialog;
  }

  // ---- documents ----------------------------------------------------------------------------

  function drawDocuments(root, records, send) {
    const heading = element("h2", "", say("documents_in_store"));
    if (!records.length) {
      root.replaceChildren(heading, element("p", "hint empty", say("no_documents")));
      return;
    }
    const keys = ["name", "language", "pages", "passages", "added", "actions"];
    const head = element("tr", "", ...keys.map((key) => {
      const cell = element("th", key, key === "actions" ? "" : say(`column_${key}`));
      if (key === "actions") cell.setAttribute("aria-label", say("column_actions"));
      cell.scope = "col";
      return cell;
    }));
    const rows = records.map((record) => documentRow(record, send));
    const table = element("table", "", element("thead", "", head), element("tbody", "", ...rows));
    root.replaceChildren(heading, table);
  }

  function documentRow(record, send) {
    const name = element("td", "name", element("span", "", record.name));
    name.firstChild.dir = "auto";
    for (const warning of record.warnings) name.append(direct(element("p", "warning", warning), "en"));
    const cells = [
      name,
      labelled("language", say(`language_${record.language}`)),
      labelled("pages", record.pages ? number(record.pages) : "–"),
      labelled("passages", number(record.passages)),
      labelled("added", day(record.added)),
    ];
    const remove = button("plain danger", say("remove"), (event) =>
      confirmRemoval(record, event.currentTarget, send));
    remove.setAttribute("aria-label", say("remove_named", { name: record.name }));
    return element("tr", "", ...cells, element("td", "actions", remove));
  }

  function labelled(key, value) {
    const cell = element("td", key, value);
    cell.dataset.label = say(`column_${key}`); // shown where the table is too narrow for columns
    return cell;
  }

  function confirmRemoval(record, opener, send) {
    const title = dialogTitle(say("remove_title"));
    const explained = element("p", "", say("remove_explained", { name: record.name }));
    openDialog(title, [explained], opener, (close) => [
      button("plain", say("cancel"), close),
      button("plain danger filled", say("remove"), () => { close(); send({ id: record.id }); }),
    ]);
  }

  const STAGES = { files: "reading_files", embedding: "embedding_texts", rebuild: "rebuilding" };

  function drawActivity(root, told) {
    root.setAttribute("aria-live", "polite");
    if (told.state === "working") {
      const key = STAGES[told.stage] || "preparing";
      const bar = element("progress");
      bar.setAttribute("aria-label", say("progress"));
      if (told.total) { bar.max = told.total; bar.value = told.done; }
      const fields = { done: number(told.done), total: number(told.total) };
      root.replaceChildren(bar, element("p", "hint", say(key, fields)));
      return;
    }
    const lines = (told.results || []).map((result) => {
      const name = element("span", "name", result.name);
      name.dir = "auto";
      const line = element("li", result.status, name, " ",
        element("span", "status", say(`status_${result.status}`)));
      if (result.error) line.append(element("p", "reason", result.error[language]));
      return line;
    });
    if (told.error) lines.push(element("li", "failed", element("p", "reason", told.error[language])));
    root.replaceChildren(...(lines.length ? [element("ul", "", ...lines)] : []));
  }

  // ---- frame --------------------------------------------------------------------------------

  function drawHeader(root) {
    const other = language === "ar" ? "en" : "ar";
    const toggle = button("plain language", say("other_language"), () => {
      switchTo(other);
      document.querySelector(".sanad-header .language")?.focus();
    });
    toggle.lang = other;
    const brand = element("h1", "", say("brand"));
    root.replaceChildren(element("div", "brand", brand, element("p", "", say("tagline"))), toggle);
  }

  function drawExamples(root, shelf, send) {
    const examples = (shelf.examples || []).map((example, at) => ({ ...example, at }));
    const ours = examples.filter((example) => example.language === language);
    const shown = ours.length ? ours : examples;
    const asked = (parts.get("sources")?.value() || []).length > 0;
    if (!shown.length || asked) { root.replaceChildren(); return; }
    root.replaceChildren(element("p", "hint", say("examples")), element("div", "chips",
      ...shown.map((example) => direct(
        button("chip", example.question, () => send({ number: example.at })), example.language))));
  }

  const hint = (key, fields) => (root) => root.replaceChildren(element("p", "hint", say(key, fields)));

  const DRAW = {
    header: drawHeader,
    sources: drawSources,
    examples: drawExamples,
    documents: drawDocuments,
    activity: drawActivity,
    kinds: hint("kinds_of_files", { kinds: facts.kinds }),
    "rebuild-hint": hint("rebuild_hint"),
  };
  const parts = new Map();
  const shelfLoaded = () => examplesPart().documents !== undefined;
  const examplesPart = () => parts.get("examples")?.value() || {};

  /** Called by each gr.HTML once it is on the page. */
  function part(name, holder, props, watch, send) {
    const value = () => props.value || [];
    const draw = () => {
      const root = holder.querySelector(`.sanad-${name}`);
      if (root) DRAW[name](root, value(), send);
    };
    parts.set(name, { draw, value });
    watch("value", () => {
      if (name === "sources") shownTurn = null; // a new answer: its own sources
      draw();
      if (name === "sources") parts.get("examples")?.draw();
      if (name === "examples") parts.get("sources")?.draw();
    });
    draw();
  }

  window.sanad = { part, language: () => language };
  nameDocument();
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; decorate(); });
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
  document.addEventListener("keydown", (event) => {
    const typing = /INPUT|TEXTAREA|SELECT/.test(document.activeElement?.tagName || "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = document.querySelector("#question textarea");
      if (box) { event.preventDefault(); box.focus(); }
    }
  });
})();
