// What Gradio does not do: the page in two languages, and parts that are drawn from JSON.
(() => {
  "use strict";

  const {
    language, choose, say, element, button, direct, showLastTurn, drawings, parts, exchanges,
  } = window.sanad;

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

  // ---- what Gradio writes in its own way --------------------------------------------------------

  function decorate() {
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

  /** What goes along with each question. */
  const request = () => JSON.stringify({
    language: language(),
    preferences: window.sanad.preferences?.() || {},
    scope: window.sanad.scope(),
    chat: remembered(),
  });

  // The conversation that is open, so that loading the page again does not lose it.
  const OPENED = "sanad-chat";
  function remember(id) {
    try { sessionStorage.setItem(OPENED, id); } catch { /* not remembered */ }
  }
  function remembered() {
    try { return sessionStorage.getItem(OPENED) || ""; } catch { return ""; }
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
    root.replaceChildren(
      element("div", "brand", brand, element("p", "", say("tagline"))),
      element("div", "account", ...accountOf(window.sanad.access), toggle));
  }

  /** The collections that can be gone to, and who is logged in. */
  function accountOf(access) {
    if (!access) return [];
    const parts = [];
    const nameOf = (name) => (name === "main" ? say("main_collection") : name);
    if (access.collections.length > 1) {
      const choice = document.createElement("select");
      choice.className = "collection";
      choice.setAttribute("aria-label", say("collection"));
      for (const { name, address } of access.collections) {
        const option = new Option(nameOf(name), address, false, name === access.collection);
        option.dir = "auto";
        choice.append(option);
      }
      choice.addEventListener("change", () => { window.location.assign(choice.value); });
      parts.push(choice);
    }
    if (access.log_out) {
      const form = element("form", "person", element("bdi", "", access.person));
      form.method = "post";
      form.action = access.log_out;
      form.append(button("plain", say("log_out"), () => form.submit()));
      parts.push(form);
    }
    return parts;
  }

  /** Who looks at this page, and what they may do: what they may not is not shown. */
  async function learnAccess() {
    try {
      window.sanad.access = await window.sanad.ask("/page/access");
    } catch { return; } // as if nobody were logged in; the server decides in any case
    document.documentElement.dataset.role = window.sanad.access.role;
    document.documentElement.classList.toggle("sanad-serves", window.sanad.access.serves);
    parts.get("header")?.draw();
    parts.get("documents")?.draw();
    parts.get("folders")?.draw();
  }

  function drawExamples(root, shelf, send) {
    const examples = shelf.examples || [];
    const ours = examples.filter((example) => example.language === language());
    const shown = (ours.length ? ours : examples).slice(0, EXAMPLES);
    if (!shown.length || exchanges().length) { root.replaceChildren(); return; }
    root.replaceChildren(element("p", "hint", say("examples")), element("div", "chips",
      ...shown.map((example) => direct(
        button("chip", example.question, () => send({ question: example.question, example: true })),
        example.language))));
  }

  const EXAMPLES = 6;
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
    let count = 0;
    watch("value", () => {
      draw();
      if (name === "chat") {
        remember(value().id || "");
        if (exchanges().length !== count) showLastTurn(); // a new answer: its own sources
        count = exchanges().length;
        parts.get("sources")?.draw();
        parts.get("examples")?.draw();
      }
      if (name === "examples") parts.get("sources")?.draw();
    });
    draw();
  }

  Object.assign(window.sanad, { part, request });
  learnAccess();
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
