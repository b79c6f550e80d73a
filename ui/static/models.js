// The models on this machine: what each is for, downloading one, and using it for the documents.
(() => {
  "use strict";

  const {
    language, say, number, element, button, whole, dialogTitle, openDialog, ask, settings,
  } = window.sanad;
  const POLL_MS = 700;
  const MB = 1_000_000;
  const GB = 1_000_000_000;
  const GIB = 2 ** 30; // as memory is sold

  let shelf = null; // GET /page/models

  async function load() {
    shelf = await ask("/page/models");
    if (shelf.download) poll();
  }

  function drawModels() {
    const others = shelf.models.filter((model) => !model.better);
    settings.fill("models", settings.hint(say("models_hint")), ...others.map(drawModel));
  }

  function drawBetter() {
    const best = (model) => (model.recommended ? 0 : 1);
    const offered = shelf.models.filter((model) => model.better).sort((a, b) => best(a) - best(b));
    settings.fill("better", settings.hint(say("better_hint")), settings.hint(machine()),
      ...offered.map(drawModel));
  }

  function drawBoth() {
    drawBetter();
    drawModels();
  }

  const short = (value) => number(Number(value.toFixed(value < 10 ? 1 : 0)));

  function machine() {
    const { memory, cores } = shelf.machine;
    return say(memory ? "better_machine" : "better_machine_cores",
      { memory: short(memory / GIB), cores: number(cores) });
  }

  /** The section that a model stands in, where what becomes of it is told. */
  const sectionOf = (name) =>
    (shelf.models.find((model) => model.name === name)?.better ? "better" : "models");

  function drawModel(model) {
    const made = element("article", "model");
    made.id = `set-${model.name}`;
    made.tabIndex = -1;
    const running = shelf.download?.name === model.name;
    const name = element("h3", "", whole(model.name));
    const states = [...(model.in_use ? ["in_use"] : []), ...(model.recommended ? ["recommended"] : []),
      model.there ? "there" : "absent"];
    made.append(element("div", "model-head", name,
      ...states.map((state) => element("span", `state ${state}`, say(`model_${state}`)))),
      element("p", "", model.good_for[language()]),
      element("p", "details", facts(model).join(" · ")));
    if (model.better && model.fit && model.fit !== "well") {
      made.append(settings.hint(say(`model_fit_${model.fit}`)));
    }
    const missed = shelf.failed?.name === model.name ? shelf.failed.error : null;
    if (missed) made.append(failure(missed[language()]));
    if (running) made.append(...drawProgress(model));
    else if (!model.there && settings.changeable()) made.append(downloadButton(model));
    if (model.may_embed) made.append(embedButton(model));
    if (model.better && model.there && !model.in_use && settings.changeable()) {
      made.append(useButton(model));
    }
    return made;
  }

  function facts({ kind, size, licence, memory, cores }) {
    const told = [say(`model_kind_${kind}`),
      size ? say("model_size", { size: number(Math.round(size / MB)) }) : say("model_size_unknown"),
      say("model_licence", { licence })];
    if (memory) told.push(say("model_memory", { memory: short(memory / GB) }), say("model_cores", { cores: number(cores) }));
    return told;
  }

  function useButton(model) {
    const made = button("plain", say("model_use"), () => settings.useEmbedded(model.name, "better"));
    made.id = `set-answer-${model.name}`;
    made.setAttribute("aria-label", say("model_use_named", { name: model.name }));
    return made;
  }

  function embedButton(model) {
    const made = button("plain", say("model_embed"), () => confirmEmbedding(model, made));
    made.id = `set-embed-${model.name}`;
    made.setAttribute("aria-label", say("model_embed_named", { name: model.name }));
    return made;
  }

  function confirmEmbedding(model, opener) {
    const explained = element("p", "", say("model_embed_explained", { name: model.name }));
    openDialog(dialogTitle(say("model_embed_title")), [explained], opener, (close) => [
      button("plain", say("cancel"), close),
      button("plain filled", say("model_embed_begin"), () => {
        close();
        window.sanad.rebuildWith(model.name); // on the Documents tab, which shows how far it is
      }),
    ]);
  }

  function failure(words) {
    const sign = element("span", "sign", "!");
    sign.setAttribute("aria-hidden", "true");
    return element("p", "warning", sign, words);
  }

  function downloadButton(model) {
    const made = button("plain", say("model_download"), () =>
      model.needs_acceptance ? confirmTerms(model, made) : start(model, false));
    made.id = `set-download-${model.name}`;
    made.disabled = shelf.download !== null;
    made.setAttribute("aria-label", say("model_download_named", { name: model.name }));
    return made;
  }

  function drawProgress(model) {
    const bar = element("progress");
    bar.id = "set-progress";
    const words = settings.hint("");
    words.id = "set-progress-words";
    bar.setAttribute("aria-labelledby", words.id);
    showProgress(bar, words);
    const stop = button("plain", say("model_cancel"), cancel);
    stop.id = `set-cancel-${model.name}`;
    stop.setAttribute("aria-label", say("model_cancel_named", { name: model.name }));
    return settings.changeable() ? [bar, words, stop] : [bar, words];
  }

  function showProgress(bar, words) {
    const { stage, done, total, unit } = shelf.download;
    const amount = (value) => number(Math.round(value / MB));
    if (total > 0 && done > 0) {
      bar.max = total;
      bar.value = Math.min(done, total);
    } else {
      bar.removeAttribute("value"); // under way, nobody knows how far
    }
    const fields = { done: amount(done), total: amount(total) };
    words.textContent = say(unit === "B" && stage === "download" && !done ? "download_waiting"
      : `download_${stage === "download" ? "bytes" : stage}`, fields);
  }

  function confirmTerms(model, opener) {
    const content = [element("p", "", say("model_accept_explained", model))];
    if (model.licence_url?.startsWith("https://")) {
      const terms = element("a", "", say("model_terms"));
      Object.assign(terms, { href: model.licence_url, target: "_blank", rel: "noopener noreferrer" });
      content.push(element("p", "", terms));
    }
    openDialog(dialogTitle(say("model_accept_title")), content, opener, (close) => [
      button("plain", say("cancel"), close),
      button("plain filled", say("model_accept"), () => { close(); start(model, true); }),
    ]);
  }

  async function start(model, accepted) {
    const path = `/page/models/${encodeURIComponent(model.name)}/download`;
    await changed(() => ask(path, "POST", { accept_licence: accepted }), "", model.name);
    // The button that opened a dialog may have been drawn anew meanwhile.
    if (document.activeElement === document.body) document.getElementById(`set-cancel-${model.name}`)?.focus();
  }

  const cancel = () => changed(() => ask("/page/models/download", "DELETE"),
    say("model_cancelled"), shelf.download?.name);

  // Counts what is asked of the server: an answer that comes after a later one is old.
  let latest = 0;

  async function changed(work, words, name) {
    clearTimeout(timer);
    latest += 1;
    try {
      shelf = await work();
      settings.tell(sectionOf(name), words);
    } catch (error) {
      settings.tell(sectionOf(name), error.message, "failed");
    }
    settings.keepFocus(drawBoth);
    if (shelf.download) poll();
  }

  async function refresh() {
    const mine = latest += 1;
    const before = shelf.download;
    const now = await ask("/page/models");
    if (mine !== latest) return;
    shelf = now;
    const after = shelf.download;
    const bar = document.getElementById("set-progress");
    if (bar && before?.name === after?.name) {
      showProgress(bar, document.getElementById("set-progress-words"));
      return;
    }
    const arrived = before && !after && shelf.models.find(({ name }) => name === before.name)?.there;
    if (arrived) {
      settings.tell(sectionOf(before.name), say("model_arrived", before));
      settings.refreshLlm().catch(() => { /* it can be chosen here all the same */ });
    }
    settings.keepFocus(drawBoth);
  }

  let timer = null;
  function poll() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try { await refresh(); } catch (error) {
        settings.tell(sectionOf(shelf.download?.name), error.message, "failed");
      }
      if (shelf.download) poll();
    }, POLL_MS);
  }

  // After a rebuild another model may be in use.
  document.addEventListener("sanad-documents", () => { if (shelf) refresh().catch(() => {}); });
  settings.models = { load, draw: drawModels, drawBetter, refresh };
})();
