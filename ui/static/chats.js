// The person's conversations beside the chat: finding, opening, naming, exporting, deleting them.
(() => {
  "use strict";

  const {
    ask, say, number, day, language, element, button, languageOf, direct, dialogTitle, openDialog,
    drawings,
  } = window.sanad;
  const FORMATS = ["markdown", "html", "json"];
  const NAME_CHARACTERS = 120;
  const SEARCH_CHARACTERS = 200;
  const PAUSE_MS = 200; // between the last key and the search

  // What the server told last; null before it has told anything.
  let records = null;
  let failure = "";
  let search = "";
  let loads = 0;
  let changed;
  let opened = null;
  let send = () => {};
  // Made once, so that drawing again takes neither the focus nor what has been typed.
  let frame = null;
  let unfolded = false;
  // The ids of the conversations whose name is being written, and whose menu is open.
  let renaming = null;
  let menu = null;

  const nameOf = (record) => record.name || say("chats_unnamed");
  const pathOf = (record) => `/page/chats/${encodeURIComponent(record.id)}`;
  const itemOf = (id) => [...frame.list.children].find((item) => item.dataset.id === id);

  function drawChats(root, value, tell) {
    send = tell;
    opened = value.open ?? null;
    frame ||= makeFrame();
    if (frame.panel.parentNode !== root) root.replaceChildren(frame.fold, frame.panel);
    drawFrame();
    if (loads === 0 || value.changed !== changed) {
      changed = value.changed;
      load();
    }
    drawList();
  }

  // ---- frame --------------------------------------------------------------------------------

  function makeFrame() {
    const fold = button("plain chats-fold", "", () => setUnfolded(!unfolded));
    const title = element("h2");
    const fresh = button("plain chats-new", "", () => {
      open(null);
      document.querySelector("#question textarea")?.focus();
    });
    const field = element("input", "chats-search");
    field.type = "search";
    field.maxLength = SEARCH_CHARACTERS;
    field.dir = "auto";
    let pause;
    field.addEventListener("input", () => {
      search = field.value.trim();
      clearTimeout(pause);
      pause = setTimeout(load, PAUSE_MS);
    });
    const found = element("p", "unseen");
    found.setAttribute("role", "status");
    const problem = element("div", "chats-problem");
    problem.setAttribute("role", "alert");
    const list = element("ul", "chats-list");
    const empty = element("p", "hint empty");
    const ratings = element("a", "link ratings");
    ratings.href = `${window.sanadAddress}/page/ratings`;
    ratings.download = ""; // the server says the name
    const clear = button("link", "", () => confirmDeletingAll(clear));
    const foot = element("p", "chats-foot", ratings, " ", clear);
    const panel = element("div", "chats-panel", element("div", "chats-head", title, fresh),
      field, found, problem, list, empty, foot);
    panel.id = "chats-panel";
    fold.setAttribute("aria-controls", panel.id);
    return {
      fold, title, fresh, field, found, problem, list, empty, foot, ratings, clear, panel,
    };
  }

  function drawFrame() {
    frame.fold.textContent = say("chats");
    frame.title.textContent = say("chats");
    frame.fresh.textContent = say("chats_new");
    frame.field.setAttribute("aria-label", say("chats_search"));
    frame.field.placeholder = say("chats_search");
    frame.list.setAttribute("aria-label", say("chats"));
    frame.ratings.textContent = say("chats_ratings");
    frame.clear.textContent = say("chats_delete_all");
    setUnfolded(unfolded);
  }

  /** Only narrow screens fold the list: the style sheet shows the button there alone. */
  function setUnfolded(yes) {
    unfolded = yes;
    frame.fold.setAttribute("aria-expanded", String(yes));
    frame.panel.classList.toggle("folded", !yes);
  }

  // ---- the list -----------------------------------------------------------------------------

  /** Asks for the list; `problem` is what went wrong before and is still to be told. */
  async function load(problem = "") {
    const turn = ++loads;
    frame.list.setAttribute("aria-busy", "true");
    try {
      const told = await ask(`/page/chats?${new URLSearchParams({ search })}`);
      if (turn !== loads) return; // a later search is under way
      records = told.chats;
      failure = problem;
    } catch (error) {
      if (turn !== loads) return;
      failure = error.message;
    }
    frame.list.setAttribute("aria-busy", "false");
    drawList();
  }

  function drawList() {
    if (renaming !== null) return; // drawn when the name has been written
    const active = frame.list.contains(document.activeElement) ? document.activeElement : null;
    const focused = active && [active.closest(".chat").dataset.id, active.dataset.control];
    const shown = records || [];
    if (!shown.some((record) => record.id === menu)) menu = null;
    frame.list.replaceChildren(...shown.map(chatItem));
    frame.list.hidden = !shown.length;
    frame.foot.hidden = !shown.length;
    const reason = emptyReason();
    frame.empty.textContent = reason && say(reason);
    frame.empty.hidden = !reason;
    announce(frame.found, search && records ? say("chats_found", { count: number(shown.length) }) : "");
    drawProblem();
    if (focused) focus(...focused);
  }

  /** Said aloud only when it is new. */
  function announce(node, words) {
    if (node.textContent !== words) node.textContent = words;
  }

  function drawProblem() {
    if (!failure) { frame.problem.replaceChildren(); return; }
    if (frame.problem.firstChild?.textContent === failure) return;
    frame.problem.replaceChildren(element("p", "", failure),
      button("link", say("chats_try_again"), () => load()));
  }

  function emptyReason() {
    if (records === null) return failure ? "" : "chats_loading";
    if (records.length) return "";
    return search ? "chats_none_found" : "chats_none";
  }

  function focus(id, control) {
    const item = itemOf(id);
    item?.querySelector(`[data-control="${control}"]`)?.focus();
    return Boolean(item);
  }

  function chatItem(record) {
    const item = element("li", "chat");
    item.dataset.id = record.id;
    const name = direct(element("bdi", "chat-name", nameOf(record)), languageOf(nameOf(record)));
    const facts = element("span", "details",
      element("bdi", "", day(record.updated)), " ",
      element("span", "", say("chats_questions", { count: number(record.questions) })));
    const leading = button("chat-open", "", () => open(record.id));
    leading.append(name, facts);
    leading.dataset.control = "open";
    if (record.id === opened) {
      item.classList.add("current");
      leading.setAttribute("aria-current", "true");
    }
    const dots = element("span", "", "⋯");
    dots.setAttribute("aria-hidden", "true");
    const toggle = button("chat-menu", dots, () => (menu === record.id ? closeMenu() : openMenu(record)));
    toggle.dataset.control = "menu";
    toggle.setAttribute("aria-label", say("chats_actions", { name: nameOf(record) }));
    toggle.setAttribute("aria-expanded", "false");
    item.append(element("div", "chat-head", leading, toggle));
    item.addEventListener("keydown", (event) => walkMenu(event, item));
    item.addEventListener("focusout", (event) => {
      if (menu === record.id && event.relatedTarget && !item.contains(event.relatedTarget)) closeMenu();
    });
    if (menu === record.id) showActions(item, record);
    return item;
  }

  function open(id) {
    if (id !== opened || id === null) send({ open: id });
    if (!unfolded) return;
    setUnfolded(false);
    // The button that was pressed may be out of sight now.
    if (frame.fold.offsetParent !== null) frame.fold.focus();
  }

  // ---- the menu of a conversation -------------------------------------------------------------

  function openMenu(record) {
    closeMenu();
    menu = record.id;
    showActions(itemOf(record.id), record);
  }

  function showActions(item, record) {
    const toggle = item.querySelector(".chat-menu");
    const actions = [
      action("rename", button("", say("chats_rename"), () => rename(record))),
      ...FORMATS.map((format) => action(format, exportLink(record, format))),
      action("delete", button("danger", say("chats_delete"), () => {
        closeMenu();
        confirmDeletion(record, toggle);
      })),
    ];
    const list = element("ul", "chat-actions", ...actions.map((made) => element("li", "", made)));
    list.id = "chat-actions";
    toggle.setAttribute("aria-expanded", "true");
    toggle.setAttribute("aria-controls", list.id);
    item.append(list);
  }

  function action(control, node) {
    node.dataset.control = control;
    return node;
  }

  function exportLink(record, format) {
    const link = element("a", "", say(`chats_as_${format}`));
    link.href = `${pathOf(record)}/export?${new URLSearchParams({ format, language: language() })}`;
    link.download = ""; // the server says the name
    link.addEventListener("click", () => setTimeout(() => { closeMenu(); focus(record.id, "menu"); }));
    return link;
  }

  // In place: whoever clicks elsewhere must not find the list drawn anew below the pointer.
  function closeMenu() {
    const item = menu === null ? null : itemOf(menu);
    menu = null;
    item?.querySelector(".chat-actions")?.remove();
    const toggle = item?.querySelector(".chat-menu");
    toggle?.setAttribute("aria-expanded", "false");
    toggle?.removeAttribute("aria-controls");
  }

  function walkMenu(event, item) {
    if (menu !== item.dataset.id) return;
    const controls = [...item.querySelectorAll(".chat-menu, .chat-actions [data-control]")];
    const at = controls.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 1, End: -1 };
    if (event.key === "Escape") {
      closeMenu();
      focus(item.dataset.id, "menu");
    } else if (at >= 0 && event.key in steps) {
      controls.at(steps[event.key] % controls.length).focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  document.addEventListener("pointerdown", (event) => {
    if (menu !== null && !itemOf(menu)?.contains(event.target)) closeMenu();
  });

  // ---- names --------------------------------------------------------------------------------

  function rename(record) {
    closeMenu();
    renaming = record.id;
    const field = element("input", "chat-rename");
    field.type = "text";
    field.value = record.name;
    field.maxLength = NAME_CHARACTERS;
    field.dir = "auto";
    field.setAttribute("aria-label", say("chats_new_name", { name: nameOf(record) }));
    const hint = element("p", "hint", say("chats_name_hint"));
    hint.id = "chats-name-hint";
    field.setAttribute("aria-describedby", hint.id);
    const done = (name) => {
      if (renaming !== record.id) return; // taken off the page, the field loses the focus once more
      renaming = null;
      if (name && name !== record.name) keepName(record, name);
      drawList();
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      done(event.key === "Enter" ? field.value.trim() : "");
      focus(record.id, "menu");
    });
    field.addEventListener("blur", () => { if (document.hasFocus()) done(""); });
    itemOf(record.id).replaceChildren(field, hint);
    field.focus();
    field.select();
  }

  async function keepName(record, name) {
    record.name = name; // shown at once
    let problem = "";
    try {
      await ask(pathOf(record), "PATCH", { name });
    } catch (error) {
      problem = error.message;
    }
    load(problem);
  }

  // ---- deleting -----------------------------------------------------------------------------

  function confirmDeletion(record, opener) {
    const explained = element("p", "", say("chats_delete_explained", { name: nameOf(record) }));
    openDialog(dialogTitle(say("chats_delete_title")), [explained], opener, (close) => [
      button("plain", say("cancel"), close),
      button("plain danger filled", say("chats_delete"), () => { close(); remove(record); }),
    ]);
  }

  function confirmDeletingAll(opener) {
    const explained = element("p", "", say("chats_delete_all_explained"));
    openDialog(dialogTitle(say("chats_delete_all_title")), [explained], opener, (close) => [
      button("plain", say("cancel"), close),
      button("plain danger filled", say("chats_delete_all"), () => { close(); removeAll(); }),
    ]);
  }

  async function removeAll() {
    let problem = "";
    try {
      await ask("/page/chats", "DELETE");
      send({ open: null });
    } catch (error) {
      problem = error.message;
    }
    await load(problem);
    frame.fresh.focus();
  }

  async function remove(record) {
    const at = records.findIndex(({ id }) => id === record.id);
    let problem = "";
    try {
      await ask(pathOf(record), "DELETE");
    } catch (error) {
      problem = error.message;
    }
    if (!problem && record.id === opened) send({ open: null });
    await load(problem);
    const next = records.at(Math.min(at, records.length - 1));
    const lost = document.activeElement === document.body;
    if (lost && !(next && focus(next.id, "open"))) frame.fresh.focus();
  }

  drawings.chats = drawChats;
})();
