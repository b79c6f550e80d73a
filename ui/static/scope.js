// Which documents are asked: all, or those of some languages, folders and names.
(() => {
  "use strict";

  const {
    say, number, element, button, dialogTitle, openDialog, drawings, parts, shelf,
  } = window.sanad;
  const KEPT = "sanad-scope";
  const SHOWN = 300;
  const LANGUAGES = ["ar", "en"];

  let scope = kept();

  const none = () => ({ languages: [], folders: [], documents: [] });

  function kept() {
    try {
      const told = JSON.parse(sessionStorage.getItem(KEPT));
      const names = (key) => (Array.isArray(told?.[key]) ? told[key].map(String) : []);
      return { languages: names("languages"), folders: names("folders"), documents: names("documents") };
    } catch {
      return { languages: [], folders: [], documents: [] };
    }
  }

  function choose(chosen) {
    scope = chosen;
    try { sessionStorage.setItem(KEPT, JSON.stringify(scope)); } catch { /* not kept */ }
    parts.get("scope")?.draw();
  }

  const holds = (chosen, record) =>
    (!chosen.languages.length || chosen.languages.includes(record.language))
    && ((!chosen.folders.length && !chosen.documents.length)
      || chosen.documents.includes(record.name) || chosen.folders.includes(record.folder));

  const isAll = (chosen) => !Object.values(chosen).some((names) => names.length);

  function drawScope(root, value, _send) {
    if (!value.documents) root.replaceChildren();
    else if (isAll(scope)) drawLine(root, say("scope_all", { count: number(value.documents) }));
    else if (shelf.known()) drawLine(root, some(scope, shelf.known()));
    else {
      shelf.documents().then(() => parts.get("scope").draw(), (error) => drawLine(root, error.message));
    }
  }

  function drawLine(root, words) {
    const change = button("link", say("scope_change"), (event) => openScope(event.currentTarget));
    const line = element("p", "hint scope-line", words, " ", change);
    if (!isAll(scope)) line.append(" ", button("link", say("scope_reset"), () => choose(none())));
    line.classList.toggle("narrowed", !isAll(scope));
    root.replaceChildren(line);
  }

  function some(chosen, records) {
    const count = records.filter((record) => holds(chosen, record)).length;
    return isAll(chosen) ? say("scope_all", { count: number(count) })
      : say("scope_some", { count: number(count), of: number(records.length) });
  }

  async function openScope(opener) {
    try {
      openChoice(opener, await shelf.documents());
    } catch (error) {
      openDialog(dialogTitle(say("scope_title")), [element("p", "", error.message)], opener);
    }
  }

  function openChoice(opener, records) {
    const chosen = structuredClone(scope);
    const told = element("p", "hint");
    told.setAttribute("role", "status");
    const recount = () => { told.textContent = some(chosen, records); };
    const box = (key, id, label) => {
      const input = element("input");
      input.type = "checkbox";
      input.checked = chosen[key].includes(id);
      input.addEventListener("change", () => {
        chosen[key] = input.checked ? [...chosen[key], id]
          : chosen[key].filter((other) => other !== id);
        recount();
      });
      const name = element("span", "", label);
      name.dir = "auto";
      return element("label", "choice", input, name);
    };
    const group = (title, boxes, ...before) =>
      element("fieldset", "", element("legend", "", title), ...before, element("div", "choices", ...boxes));
    const folders = new Map(records.map((record) => [record.folder, record.folder_name]));
    const there = LANGUAGES.filter((code) => records.some((record) => record.language === code));
    const groups = [];
    if (there.length > 1) {
      groups.push(group(say("column_language"),
        there.map((code) => box("languages", code, say(`language_${code}`)))));
    }
    if (folders.size > 1) {
      groups.push(group(say("scope_folders"), [...folders]
        .map(([key, name]) => box("folders", key, name || say("scope_added_here")))));
    }
    const search = element("input", "search");
    search.type = "search";
    search.placeholder = say("scope_search");
    search.setAttribute("aria-label", say("scope_search"));
    search.dir = "auto";
    const list = element("div", "choices");
    const fill = () => {
      const wanted = search.value.toLocaleLowerCase();
      const found = records.filter((record) => record.name.toLocaleLowerCase().includes(wanted));
      list.replaceChildren(...found.slice(0, SHOWN).map((record) => box("documents", record.name, record.name)));
      if (found.length > SHOWN) list.append(element("p", "hint", say("scope_more", { count: number(found.length - SHOWN) })));
      if (!found.length) list.append(element("p", "hint", say("scope_none")));
    };
    search.addEventListener("input", fill);
    fill();
    recount();
    const documents = group(say("tab_documents"), [], search, list);
    const title = dialogTitle(say("scope_title"));
    openDialog(title, [element("p", "hint", say("scope_explained")), ...groups, documents, told], opener,
      (close) => [
        button("plain", say("cancel"), close),
        button("plain", say("scope_reset"), () => { choose(none()); close(); }),
        button("plain filled", say("scope_use"), () => { choose(chosen); close(); }),
      ]);
  }

  drawings.scope = drawScope;
  document.addEventListener("sanad-documents", () => parts.get("scope")?.draw());
  window.sanad.scope = () => scope;
})();
