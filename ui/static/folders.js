// The folders that are watched: which, how each stands, and what happened in them. For owners.
(() => {
  "use strict";

  const {
    ask, say, number, language, element, button, dialogTitle, openDialog, drawings,
  } = window.sanad;
  const PATH = "/page/folders";
  const PATH_CHARACTERS = 4096;
  const LOOK_MS = 4_000;
  const BUSY_LOOK_MS = 1_500;

  // What the server told last; null where it watches no folders, or not for this person.
  let told = null;
  let events = null;
  let eventsOf = null; // the state of affairs that `events` are of
  let root = null;
  let send = () => {};
  // Made once in each language, so that looking again takes neither the focus nor what was typed.
  let frame = null;
  let framedIn = "";
  let drawn = "";
  let loading = false;
  let timer = null;

  const isOwner = () => window.sanad.access?.serves === true;
  const isShown = () => document.visibilityState === "visible"
    && Boolean(document.getElementById("document-columns")?.offsetParent);

  function drawFolders(into, _value, tell) {
    root = into;
    send = tell;
    draw();
    look();
  }

  // ---- looking again ----------------------------------------------------------------------

  /** Look now, and again as long as the tab is open. */
  async function look() {
    clearTimeout(timer);
    if (isOwner() && isShown() && !loading) await load();
    const busy = told?.folders.some((folder) => folder.state === "syncing");
    clearTimeout(timer);
    timer = setTimeout(look, busy ? BUSY_LOOK_MS : LOOK_MS);
  }

  async function load() {
    loading = true;
    const before = told;
    try {
      told = await ask(PATH);
      if (frame?.happened.open) await loadEvents();
    } catch {
      // What was told last stays; the next look tells whether it still holds.
    }
    loading = false;
    draw();
    if (before && told.changes !== before.changes) send({}); // the documents are others now
  }

  async function loadEvents() {
    const state = JSON.stringify(told);
    if (eventsOf === state) return;
    events = (await ask(`${PATH}/events`)).events;
    eventsOf = state;
  }

  document.addEventListener("visibilitychange", () => { if (isShown()) look(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[role=tab]")) setTimeout(look, 100);
  });

  // ---- drawing ------------------------------------------------------------------------------

  function draw() {
    if (!root) return;
    if (!told || !isOwner()) {
      root.replaceChildren(); // what is empty is not shown at all
      frame = null;
      return;
    }
    if (!frame || frame.box.parentNode !== root || framedIn !== language()) {
      frame = makeFrame(frame?.path.value || "", frame?.happened.open);
      framedIn = language();
      drawn = "";
      root.replaceChildren(frame.box);
    }
    const state = JSON.stringify([told.folders, events]);
    if (state === drawn) return;
    drawn = state;
    const focused = frame.list.contains(document.activeElement)
      && document.activeElement.closest("li")?.dataset.id;
    frame.list.replaceChildren(...told.folders.map(drawFolder));
    if (focused) {
      [...frame.list.children].find((item) => item.dataset.id === focused)
        ?.querySelector("button")?.focus();
    }
    frame.happened.hidden = !told.folders.length && !events?.length;
    if (events) {
      frame.events.replaceChildren(...(events.length ? events.map(drawEvent)
        : [element("li", "hint", say("folder_no_events"))]));
    }
  }

  function makeFrame(typed, open) {
    const path = element("input");
    path.type = "text";
    path.dir = "ltr";
    path.maxLength = PATH_CHARACTERS;
    path.autocomplete = "off";
    path.spellcheck = false;
    path.value = typed;
    const said = element("p", "said failed");
    said.setAttribute("role", "alert");
    const watch = element("button", "plain", say("watch_folder"));
    watch.type = "submit";
    const form = element("form", "",
      element("label", "field", say("folder_to_watch"), path), watch, said);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (path.value.trim()) add(path, watch, said);
    });
    const list = element("ul", "watched");
    const latest = element("ul", "events");
    const happened = element("details", "", element("summary", "", say("folder_events")), latest);
    happened.open = Boolean(open);
    happened.addEventListener("toggle", () => { if (happened.open) look(); });
    const box = element("section", "", element("h2", "", say("watched_folders")),
      element("p", "hint", say("watched_folders_hint")), list, form, happened);
    return { box, path, list, happened, events: latest };
  }

  function drawFolder(folder) {
    const path = element("p", "path", folder.folder);
    path.dir = "ltr";
    const state = element("span", `state ${folder.state}`, say(`folder_${folder.state}`, {
      done: number(folder.done), total: number(folder.total),
    }));
    const facts = [say("folder_documents", { count: number(folder.documents) })];
    if (folder.changed) facts.push(say("folder_changed", { time: moment(folder.changed) }));
    for (const kind of ["include", "exclude"]) {
      const patterns = folder[kind].join(language() === "ar" ? "، " : ", ");
      if (patterns) facts.push(say(`folder_${kind}`, { patterns }));
    }
    const stop = button("link", say("stop_watching"), () => confirmStop(folder, stop));
    stop.setAttribute("aria-label", say("stop_watching_named", { folder: folder.folder }));
    const item = element("li", "", path, element("p", "facts", state, ...facts.flatMap((fact) =>
      [" ", element("span", "fact", fact)])));
    item.dataset.id = folder.id;
    if (folder.problem) item.append(element("p", "reason", folder.problem[language()]));
    item.append(stop);
    return item;
  }

  function drawEvent(event) {
    const name = element("span", "name", event.document || event.folder);
    name.dir = event.document ? "auto" : "ltr";
    const status = element("span", "status", say(`status_${event.kind}`));
    const time = element("time", "hint", moment(event.time));
    time.dateTime = event.time;
    const item = element("li", event.kind, name, " ", status, " ", time);
    if (event.was && event.was !== event.document) {
      item.append(element("p", "hint", say("folder_was", { name: event.was })));
    }
    if (event.error) item.append(element("p", "reason", event.error[language()]));
    return item;
  }

  /** A time of today as such, any other one with its day. */
  function moment(value) {
    const date = new Date(value);
    const locale = language() === "ar" ? "ar-u-nu-latn-ca-gregory" : "en-GB";
    const today = date.toDateString() === new Date().toDateString();
    const options = { hour: "2-digit", minute: "2-digit" };
    if (!today) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
    return new Intl.DateTimeFormat(locale, options).format(date);
  }

  // ---- changing -------------------------------------------------------------------------------

  async function add(path, watch, said) {
    watch.disabled = true;
    said.textContent = "";
    try {
      await ask(PATH, "POST", { folder: path.value.trim() });
      path.value = "";
      await look();
    } catch (error) {
      said.textContent = error.message;
    }
    watch.disabled = false;
    path.focus();
  }

  function confirmStop(folder, opener) {
    const explained = element("p", "", say("stop_watching_explained", {
      folder: folder.folder, count: number(folder.documents),
    }));
    const failed = element("p", "reason");
    failed.setAttribute("role", "alert");
    const stop = async (documents, close) => {
      try {
        await ask(`${PATH}/${encodeURIComponent(folder.id)}?documents=${documents}`, "DELETE");
      } catch (error) {
        failed.textContent = error.message;
        return;
      }
      close();
      frame?.path.focus();
      look();
    };
    openDialog(dialogTitle(say("stop_watching_title")), [explained, failed], opener, (close) => [
      button("plain", say("cancel"), close),
      button("plain", say("keep_documents"), () => stop("keep", close)),
      button("plain danger filled", say("remove_documents"), () => stop("remove", close)),
    ]);
  }

  drawings.folders = drawFolders;
})();
