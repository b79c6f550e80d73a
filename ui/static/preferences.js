// What a browser keeps for a person: how to be answered, and how the page looks.
(() => {
  "use strict";

  const CHOICES = "sanad-preferences";
  const LOOK = "sanad-look";
  const ANSWERS = {
    length: ["short", "automatic", "long"],
    strictness: ["open", "balanced", "strict"],
    answer_language: ["question", "ar", "en"],
  };
  const LOOKS = ["system", "light", "dark"];

  // ---- what the browser keeps -------------------------------------------------------------------

  let chosen = keptChoices();
  let look = keptLook();

  // A browser may forbid storage; choices then hold until the page is closed.
  function stored(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  }
  function store(name, text) {
    try { localStorage.setItem(name, text); return true; } catch { return false; }
  }

  function keptChoices() {
    let told = null;
    try { told = JSON.parse(stored(CHOICES)); } catch { /* as if nothing were kept */ }
    const kept = {};
    for (const [name, known] of Object.entries(ANSWERS)) {
      if (known.includes(told?.[name])) kept[name] = told[name];
    }
    if (Number.isInteger(told?.passages)) kept.passages = told.passages;
    return kept;
  }

  function keptLook() {
    const kept = stored(LOOK);
    return LOOKS.includes(kept) ? kept : "system";
  }

  // ---- look: at once, and again when Gradio has set its own ---------------------------------------

  const darkSystem = matchMedia("(prefers-color-scheme: dark)");

  function applyLook() {
    const dark = look === "dark" || (look === "system" && darkSystem.matches);
    if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  }
  const insist = () => { if (look !== "system") applyLook(); };

  function watchBody() {
    insist();
    new MutationObserver(insist).observe(document.body, { attributeFilter: ["class"] });
  }
  if (document.body) {
    watchBody();
  } else {
    const waiting = new MutationObserver(() => {
      if (document.body) { waiting.disconnect(); watchBody(); }
    });
    waiting.observe(document.documentElement, { childList: true });
  }
  window.addEventListener("storage", (event) => { // another tab of the browser
    if (event.key !== CHOICES && event.key !== LOOK) return;
    chosen = keptChoices();
    look = keptLook();
    applyLook();
    elsewhere();
  });

  let elsewhere = () => {};

  window.sanad.choices = {
    ANSWERS,
    LOOKS,
    answers: () => ({ ...chosen }),
    /** Whether it could be kept; undefined takes a choice back. */
    keepAnswer(name, value) {
      chosen = { ...chosen, [name]: value };
      if (value === undefined) delete chosen[name];
      return store(CHOICES, JSON.stringify(chosen));
    },
    look: () => look,
    keepLook(value) {
      look = value;
      applyLook();
      return store(LOOK, value);
    },
    whenChangedElsewhere(draw) { elsewhere = draw; },
  };
  window.sanad.preferences = window.sanad.choices.answers;
})();
