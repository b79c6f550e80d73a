// The trial of the language model that answers: how far it is, and what the model can do.
(() => {
  "use strict";

  const { say, number, element, button, ask, language, settings } = window.sanad;
  const POLL_MS = 700;

  const box = element("div", "model trial");
  box.id = "set-trial";
  let current = null; // the model that answers
  let told = null; // GET /page/llm/trial
  let timer = null;
  let latest = 0; // an answer that comes after a later one is old

  /** What stands between the model in use and the form; asked for anew when there is another one. */
  function draw(model) {
    const other = !current || ["kind", "name", "url"].some((part) => model[part] !== current[part]);
    current = model;
    if (other) {
      told = null;
      changed(() => ask("/page/llm/trial"));
    }
    fill();
    return box;
  }

  function fill() {
    box.hidden = !told;
    if (told) box.replaceChildren(...{ trying, known, untried, failed }[told.state]());
  }

  function trying() {
    const words = element("p", "", progress());
    words.id = "set-trial-words";
    const bar = element("progress");
    bar.id = "set-trial-progress";
    bar.setAttribute("aria-labelledby", words.id);
    Object.assign(bar, { max: told.total, value: told.done });
    return [words, bar, settings.hint(say("trial_meanwhile")), ...control("trial_stop", stop)];
  }

  const progress = () =>
    say("trial_progress", { done: number(told.done), total: number(told.total) });

  function known() {
    const abilities = Object.entries(told.abilities);
    const able = abilities.filter(([, can]) => can).length;
    const list = element("ul", "abilities", ...abilities.map(([name, can]) => {
      const sign = element("span", "sign", can ? "✓" : "✗");
      sign.setAttribute("aria-hidden", "true");
      const outcome = element("span", "unseen", say(can ? "trial_yes" : "trial_no"));
      return element("li", can ? "can" : "", sign, outcome, " ", say(`capability_${name}`));
    }));
    return [element("p", "", say("trial_known", { able: number(able), all: number(abilities.length) })),
      element("details", "", element("summary", "", say("trial_which")), list),
      ...control("trial_again", begin)];
  }

  const untried = () => [settings.hint(say("trial_untried")), ...control("trial_begin", begin)];

  function failed() {
    const sign = element("span", "sign", "!");
    sign.setAttribute("aria-hidden", "true");
    return [element("p", "warning", sign, told.error[language()]), ...untried()];
  }

  /** The one button; where others reach the server there is none. */
  function control(key, work) {
    if (!settings.changeable()) return [];
    const made = button("plain", say(key), work);
    made.id = "set-trial-button";
    if (work === stop) made.setAttribute("aria-label", say("trial_stop_named", { name: current.name }));
    return [made];
  }

  const begin = () => changed(() => ask("/page/llm/trial", "POST"));
  const stop = () => changed(() => ask("/page/llm/trial", "DELETE"), say("trial_stopped"));

  async function changed(work, words = "") {
    clearTimeout(timer);
    const mine = latest += 1;
    try {
      const now = await work();
      if (mine !== latest) return;
      show(now);
      if (words) settings.tell("llm", words);
    } catch (error) {
      if (mine === latest) settings.tell("llm", error.message, "failed");
    }
    if (mine === latest && told?.state === "trying") {
      timer = setTimeout(() => changed(() => ask("/page/llm/trial")), POLL_MS);
    }
  }

  function show(now) {
    const before = told?.state;
    told = now;
    const bar = document.getElementById("set-trial-progress");
    if (before === "trying" && now.state === "trying" && bar) { // nothing is drawn under the pointer
      bar.value = now.done;
      document.getElementById("set-trial-words").textContent = progress();
      return;
    }
    settings.keepFocus(fill);
    if (before === "trying" && now.state === "known") settings.tell("llm", say("trial_done"));
  }

  settings.trial = { draw };
})();
