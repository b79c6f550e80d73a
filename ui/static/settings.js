// The Settings tab: a person's choices (`preferences`), which language model answers, and the
// models (`models`).
(() => {
  "use strict";

  const {
    language, say, number, element, button, ask, drawings, choices,
  } = window.sanad;
  const { ANSWERS, LOOKS } = choices;

  // ---- what is on the page ------------------------------------------------------------------------

  let root = null;
  let loading = false;
  let told = null; // GET /page/settings
  const form = { kind: "embedded", embedded: "", url: "", model: "", key: "", forget: false };
  let listed = { of: "", names: [] };
  let busy = false;
  const sections = {};
  // Lines that stay on the page, so that a change of their words is read out.
  const lines = {};
  const pending = {};

  function drawSettings(place) {
    root = place;
    if (told) drawAll(); else if (!loading) load();
  }

  async function load() {
    loading = true;
    try {
      [told] = await Promise.all([ask("/page/settings"), settings.models.load()]);
      fillForm();
      drawAll();
    } catch (error) {
      told = null;
      root.replaceChildren(element("p", "hint empty", error.message),
        button("plain", say("settings_retry"), load));
    }
    loading = false;
  }

  function drawAll() {
    const parts = { answers: drawAnswers, look: drawLook, llm: drawLlm,
      better: settings.models.drawBetter, models: settings.models.draw };
    for (const [name, draw] of Object.entries(parts)) {
      if (!sections[name]) {
        sections[name] = element("section", name);
        sections[name].setAttribute("aria-labelledby", `set-title-${name}`);
        lines[name] = element("p", "said");
        lines[name].setAttribute("role", "status");
      }
      if (lines[name].lang !== language()) tell(name, "");
      keepFocus(draw);
    }
    const columns = [["answers", "look"], ["llm", "better", "models"]].map((names) =>
      element("div", "settings-column", ...names.map((name) => sections[name])));
    keepFocus(() => root.replaceChildren(...columns));
  }

  function fill(name, ...content) {
    const title = element("h2", "", say(`settings_${name}`));
    title.id = `set-title-${name}`;
    sections[name].replaceChildren(title, ...content, lines[name]);
  }

  /** Says in a section what came of it; a sign goes with it, for colour alone says nothing. */
  function tell(name, words, outcome = "done") {
    const line = lines[name];
    line.className = `said ${outcome}`;
    line.lang = language();
    line.replaceChildren();
    clearTimeout(pending[name]);
    if (!words) return;
    const sign = element("span", "sign", { done: "✓", failed: "!", working: "…" }[outcome]);
    sign.setAttribute("aria-hidden", "true");
    // Empty in between, so that the same words are read out a second time.
    pending[name] = setTimeout(() => line.replaceChildren(sign, element("span", "", words)), 30);
  }

  /** Focus is on the control of the same name when `work` has drawn it anew, or near to it. */
  function keepFocus(work) {
    const focused = document.activeElement;
    const inside = root.contains(focused);
    const near = inside && focused.closest("article");
    work();
    if (!inside || focused.isConnected && focused === document.activeElement) return;
    const again = document.getElementById(focused.id) || document.getElementById(near?.id);
    (again?.matches("article") ? again.querySelector("button:enabled") || again : again)
      ?.focus({ preventScroll: true });
  }

  // ---- controls ---------------------------------------------------------------------------------

  const hint = (words) => element("p", "hint", words);

  function radios(name, legend, values, current, explained, choose) {
    const choices = values.map((value) => {
      const input = element("input");
      Object.assign(input, { type: "radio", name: `set-${name}`, id: `set-${name}-${value}`, value });
      input.checked = value === current;
      input.addEventListener("change", () => choose(value));
      const words = element("span", "words", element("span", "", say(`${name}_${value}`)));
      if (explained) words.append(" ", element("span", "hint", say(`${name}_${value}_meaning`)));
      return element("label", "choice", input, words);
    });
    return element("fieldset", explained ? "" : "in-a-row", element("legend", "", legend),
      element("div", "choices", ...choices));
  }

  /** A control with its label above and what explains it below. */
  function labelled(id, words, control, explained) {
    control.id = id;
    const label = element("label", "", words);
    label.htmlFor = id;
    const made = element("div", "field", label, control);
    if (explained !== undefined) {
      const line = hint(explained);
      line.id = `${id}-hint`;
      control.setAttribute("aria-describedby", line.id);
      made.append(line);
    }
    return made;
  }

  function select(options, current, choose) {
    const made = element("select", "", ...options.map(([value, words]) => {
      const option = element("option", "", words);
      option.value = value;
      option.selected = value === current;
      return option;
    }));
    made.addEventListener("change", () => choose(made.value));
    return made;
  }

  // ---- answers and look ---------------------------------------------------------------------------

  function drawAnswers() {
    const current = { ...told.defaults, ...choices.answers() };
    const group = (name, explained) => radios(name, say(`settings_${name}`), ANSWERS[name],
      current[name], explained, (value) => choose(name, value));
    fill("answers", hint(say("settings_of_browser")), group("length", true),
      group("strictness", true), group("answer_language", false), passages(current.passages));
  }

  function passages(current) {
    const [least, most] = told.limits.passages;
    const counts = Array.from({ length: most - least + 1 }, (_, at) => least + at);
    // A server may be started with more than a person can choose.
    if (!counts.includes(told.defaults.passages)) counts.push(told.defaults.passages);
    return labelled("set-passages", say("settings_passages"),
      select(counts.map((count) => [String(count), number(count)]), String(current),
        (count) => choose("passages", Number(count))),
      say("settings_passages_meaning"));
  }

  function choose(name, value) {
    // A number that only the server may be started with is no choice of one's own.
    const own = name !== "passages" || value <= told.limits.passages[1];
    tellStored("answers", choices.keepAnswer(name, own ? value : undefined));
  }

  function drawLook() {
    fill("look", radios("look", say("settings_look_of"), LOOKS, choices.look(), false,
      (value) => tellStored("look", choices.keepLook(value))));
  }

  const tellStored = (name, kept) => tell(name, say(kept ? "settings_saved" : "settings_not_saved"));

  // ---- the language model that answers ------------------------------------------------------------

  function fillForm() {
    const { kind, name, url, embedded } = told.language_model;
    const remote = kind === "endpoint";
    Object.assign(form, {
      kind, url: url || "", model: remote ? name : "", key: "", forget: false,
      embedded: remote ? embedded[0].name : name,
    });
  }

  function drawLlm() {
    const current = told.language_model;
    const now = hint(say(`llm_now_${current.kind}`, { name: current.name, address: current.url }));
    now.classList.add("now");
    const facts = [now];
    if (current.kind === "embedded" && !current.loaded) facts.push(hint(say("llm_loads_later")));
    if (current.fixed) facts.push(hint(say("llm_fixed")));
    facts.push(settings.trial.draw(current));
    if (!told.changeable) { fill("llm", ...facts, hint(say("settings_locked"))); return; }
    const made = element("form");
    made.noValidate = true;
    made.addEventListener("submit", (event) => { event.preventDefault(); use(); });
    made.append(hint(say("settings_of_server")),
      radios("llm_kind", say("llm_kind"), ["embedded", "endpoint"], form.kind, true, (kind) => {
        form.kind = kind;
        tell("llm", "");
        keepFocus(drawLlm);
      }),
      ...(form.kind === "embedded" ? embeddedFields(current) : endpointFields(current)));
    fill("llm", ...facts, made);
  }

  function embeddedFields(current) {
    // What is not there is offered under "Better answers", with what there is to know of it.
    const models = current.embedded.filter(({ name, there }) => there || name === form.embedded)
      .map(({ name, there }) => [name, there ? name : say("llm_not_there", { name })]);
    const fields = models.length > 1 ? [labelled("set-embedded", say("llm_embedded_model"),
      select(models, form.embedded, (name) => { form.embedded = name; keepFocus(drawLlm); }))] : [];
    const same = current.kind === "embedded" && current.name === form.embedded;
    return same ? fields : [...fields, element("div", "buttons", useButton())];
  }

  function endpointFields(current) {
    const names = element("datalist");
    names.id = "set-models";
    const model = input("model", "text");
    model.setAttribute("list", names.id);
    model.addEventListener("focus", lookUp);
    const url = input("url", "url");
    const key = input("key", "password");
    for (const control of [url, key]) control.addEventListener("change", lookUp);
    const test = button("plain", say("llm_test"), testModel);
    test.id = "set-test";
    const keyField = labelled("set-key", say("llm_key"), key, "");
    const modelField = labelled("set-model", say("llm_model"), model, "");
    const forget = forgetKey();
    const showKept = () => { // the kept key belongs to its address alone
      const kept = current.has_key && form.url.trim() === current.url;
      keyField.lastChild.textContent = say(kept ? "llm_key_kept" : "llm_key_hint");
      forget.hidden = !kept;
    };
    url.addEventListener("input", showKept);
    showKept();
    showNames(names, modelField.lastChild);
    return [labelled("set-url", say("llm_address"), url, say("llm_address_hint")), keyField, forget,
      modelField, names, element("div", "buttons", test, useButton())];
  }

  function input(name, type) {
    const made = element("input");
    Object.assign(made, { type, value: form[name], maxLength: told.limits[name], dir: "ltr" });
    Object.assign(made, { autocomplete: type === "password" ? "new-password" : "off", spellcheck: false });
    made.addEventListener("input", () => { form[name] = made.value; tell("llm", ""); });
    return made;
  }

  function forgetKey() {
    const box = element("input");
    Object.assign(box, { type: "checkbox", id: "set-forget", checked: form.forget });
    box.addEventListener("change", () => { form.forget = box.checked; });
    return element("label", "choice", box, element("span", "words", say("llm_key_forget")));
  }

  function useButton() {
    const made = element("button", "plain filled", say("llm_use"));
    made.type = "submit";
    made.id = "set-use";
    return made;
  }

  // A key that is not sent along is the kept one.
  const sentKey = () => form.key || (form.forget ? "" : undefined);
  const endpoint = () => ({ url: form.url, model: form.model, key: sentKey() });
  function showNames(list, line) {
    list.replaceChildren(...listed.names.map((name) => {
      const option = element("option");
      option.value = name;
      return option;
    }));
    const count = listed.names.length;
    line.textContent = count ? say("llm_models_found", { count: number(count) }) : "";
  }

  /** Suggests the models of the address; where it tells none, the name is typed. */
  async function lookUp() {
    const of = JSON.stringify([form.url, form.key, form.forget]);
    if (!form.url.trim() || listed.of === of) return;
    listed = { of, names: [] };
    const found = await ask("/page/llm/models", "POST", { url: form.url, key: sentKey() })
      .catch(() => ({ models: [] })); // "Test" says what is wrong
    if (listed.of !== of) return;
    listed.names = found.models;
    const list = document.getElementById("set-models");
    if (list) showNames(list, document.getElementById("set-model-hint"));
  }

  async function atWork(words, work, place = "llm") {
    if (busy) return;
    busy = true;
    tell(place, words, "working");
    try { tell(place, await work()); } catch (error) { tell(place, error.message, "failed"); }
    busy = false;
  }

  const testModel = () => atWork(say("llm_testing"), async () => {
    const { seconds } = await ask("/page/llm/test", "POST", endpoint());
    return say("llm_test_passed", { seconds: number(seconds) });
  });

  const use = () => (form.kind === "embedded" ? useEmbedded(form.embedded)
    : answerWith({ kind: "endpoint", ...endpoint() }));

  const useEmbedded = (model, place) => answerWith({ kind: "embedded", model }, place);

  const answerWith = (choice, place) => atWork(say("preparing"), async () => {
    told.language_model = await ask("/page/llm", "PUT", choice);
    fillForm();
    keepFocus(drawLlm);
    settings.models.refresh().catch(() => { /* which one is in use is shown with the next look */ });
    return say("llm_in_use_now");
  }, place);

  /** After a download: there is one model more to choose from. */
  async function refreshLlm() {
    told.language_model = (await ask("/page/settings")).language_model;
    keepFocus(drawLlm);
  }

  // What `models` draws with.
  const settings = {
    fill, tell, keepFocus, hint, useEmbedded, refreshLlm, changeable: () => told.changeable,
  };
  window.sanad.settings = settings;
  drawings.settings = drawSettings;
  choices.whenChangedElsewhere(() => { if (told) drawAll(); });
})();
