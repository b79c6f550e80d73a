// What Gradio does not do: the page in two languages, direction per message, markers that lead to
// their source, and the parts that are drawn from JSON.
(() => {
  "use strict";

  const {
    language, choose, say, element, button, languageOf, direct, showSource, showLastTurn, drawings,
    parts,
  } = window.sanad;
  const MARKER = /\[([0-9]{1,3})\]/;

  // ---- language -----------------------------------------------------------------------------

  async function switchTo(code) {
    choose(code);
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

  // ---- messages: direction, and markers as buttons --------------------------------------------

  function decorate() {
    const bubbles = document.querySelectorAll('#chat [data-testid="user"], #chat [data-testid="bot"]');
    const turns = parts.get("sources")?.value() || [];
    let turn = -1;
    for (const bubble of bubbles) {
      const answered = bubble.dataset.testid === "bot";
      if (answered) turn += 1;
      direct(bubble, languageOf(bubble.textContent));
      // An English frame around the same words, read instead of them.
      if (bubble.hasAttribute("aria-label")) bubble.removeAttribute("aria-label");
      if (answered) { markers(bubble, turn); doubt(bubble, turns[turn]); }
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

  // ---- doubt: a line of the message, in its language ------------------------------------------

  function doubt(bubble, turn) {
    const shown = bubble.querySelector(":scope > .doubt");
    const words = turn?.state === "doubtful" ? say("doubt", {}, turn.language) : "";
    if (shown?.lastChild.textContent === words || (!shown && !words)) return;
    shown?.remove();
    if (!words) return;
    const sign = element("span", "sign", "!");
    sign.setAttribute("aria-hidden", "true");
    bubble.append(element("p", "warning doubt", sign, element("span", "", words)));
  }

  // ---- frame --------------------------------------------------------------------------------

  function drawHeader(root) {
    const other = language() === "ar" ? "en" : "ar";
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
    const ours = examples.filter((example) => example.language === language());
    const shown = ours.length ? ours : examples;
    const asked = (parts.get("sources")?.value() || []).length > 0;
    if (!shown.length || asked) { root.replaceChildren(); return; }
    root.replaceChildren(element("p", "hint", say("examples")), element("div", "chips",
      ...shown.map((example) => direct(
        button("chip", example.question, () => send({ number: example.at })), example.language))));
  }

  const hint = (key) => (root) => root.replaceChildren(element("p", "hint", say(key)));

  Object.assign(drawings, {
    header: drawHeader,
    examples: drawExamples,
    kinds: hint("kinds_of_files"),
    "rebuild-hint": hint("rebuild_hint"),
  });

  /** Called by each gr.HTML once it is on the page. */
  function part(name, holder, props, watch, send) {
    const value = () => props.value || [];
    const draw = () => {
      const root = holder.querySelector(`.sanad-${name}`);
      if (root) drawings[name](root, value(), send);
    };
    parts.set(name, { draw, value });
    watch("value", () => {
      if (name === "sources") showLastTurn(); // a new answer: its own sources
      draw();
      if (name === "sources") parts.get("examples")?.draw();
      if (name === "examples") parts.get("sources")?.draw();
    });
    draw();
  }

  window.sanad.part = part;
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
