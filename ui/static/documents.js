// The documents of the library, and what happens to files that are added.
(() => {
  "use strict";

  const {
    language, say, number, day, element, button, dialogTitle, openDialog, warnings, drawings,
    parts, shelf: library,
  } = window.sanad;

  // ---- the table: searched, sorted, and drawn in portions ---------------------------------------

  const PORTION = 200;
  const COLUMNS = ["name", "language", "pages", "passages", "added"];
  const FIRST_DOWN = ["pages", "passages", "added"]; // the most and the latest are looked for

  const shelf = {
    records: [], send: null, wanted: null, counted: null, search: "", key: "name", down: false, shown: PORTION,
  };

  /** Letters as people search for them, without diacritics and the many forms of alef and yeh. */
  const folded = (text) => text.normalize("NFKD").replace(/[\p{M}\p{Cf}ـ]/gu, "").toLowerCase()
    .replace(/[ٱ]/g, "ا").replace(/ة/g, "ه").replace(/[ىی]/g, "ي").replace(/ک/g, "ك")
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));

  const known = new Map();
  function lettersOf(name) {
    if (!known.has(name)) known.set(name, folded(name));
    return known.get(name);
  }

  function found() {
    const words = folded(shelf.search).split(/\s+/).filter(Boolean);
    const kept = shelf.records.filter(({ name }) => {
      const letters = words.length ? lettersOf(name) : "";
      return words.every((word) => letters.includes(word));
    });
    const collator = new Intl.Collator(language(), { numeric: true });
    const named = (one, other) => collator.compare(one.name, other.name);
    const orders = {
      name: named,
      language: (one, other) =>
        collator.compare(say(`language_${one.language}`), say(`language_${other.language}`)),
      pages: (one, other) => one.pages - other.pages,
      passages: (one, other) => one.passages - other.passages,
      added: (one, other) => Date.parse(one.added) - Date.parse(other.added),
    };
    const turn = shelf.down ? -1 : 1;
    return kept.sort((one, other) => turn * orders[shelf.key](one, other) || named(one, other));
  }

  // The list is fetched and drawn when it is looked at.
  let observed = null;
  let fetching = false;
  const onView = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && !library.known()) fetchList();
  }, { rootMargin: "1000px" });

  function drawDocuments(root, _value, send) {
    shelf.send = send;
    sendWanted();
    if (observed !== root) {
      onView.disconnect();
      onView.observe(root);
      observed = root;
    }
    if (library.known()) drawRecords(root, library.known());
    else {
      if (!root.firstChild) root.append(heading()); // what is empty is not shown at all
      if (root.offsetParent) fetchList();
    }
    changed();
  }

  /** For whoever shows figures of the documents. */
  const changed = () => document.dispatchEvent(new CustomEvent("sanad-documents"));

  const heading = () => element("h2", "", say("documents_in_store"));

  async function fetchList() {
    if (fetching) return;
    fetching = true;
    try {
      await library.documents();
      fetching = false;
      parts.get("documents").draw();
    } catch (error) {
      fetching = false;
      observed.replaceChildren(heading(), element("p", "hint empty", error.message));
    }
  }

  function drawRecords(root, records) {
    const searching = root.contains(document.activeElement)
      && document.activeElement.type === "search";
    shelf.records = records;
    if (records.length) {
      const list = element("div", "list");
      shelf.counted = element("p", "hint count");
      shelf.counted.setAttribute("role", "status");
      root.replaceChildren(heading(), toolsOf(list), shelf.counted, list);
      drawList(list);
      if (searching) root.querySelector("input[type=search]").focus();
    } else {
      root.replaceChildren(heading(), element("p", "hint empty", say("no_documents")));
    }
  }

  function toolsOf(list) {
    const box = element("input");
    box.type = "search";
    box.dir = "auto";
    box.autocomplete = "off";
    box.value = shelf.search;
    box.addEventListener("input", () => {
      shelf.search = box.value;
      shelf.shown = PORTION;
      drawList(list);
    });
    const order = element("select", "", ...COLUMNS.map((key) => {
      const option = element("option", "", say(`column_${key}`));
      option.value = key;
      return option;
    }));
    order.value = shelf.key;
    order.addEventListener("change", () => sortBy(order.value, list));
    return element("div", "tools",
      element("label", "search", say("search_documents"), box),
      element("label", "order", say("sort_documents"), order));
  }

  function sortBy(key, list) {
    shelf.down = shelf.key === key ? !shelf.down : FIRST_DOWN.includes(key);
    shelf.key = key;
    drawList(list);
  }

  function drawList(list) {
    const records = found();
    const rows = records.slice(0, shelf.shown).map((record) => documentRow(record, shelf.send));
    const table = element("table", "",
      element("thead", "", element("tr", "", ...COLUMNS.map((key) => columnHead(key, list)), lastHead())),
      element("tbody", "", ...rows));
    shelf.counted.textContent = countOf(records.length, rows.length);
    const content = [records.length ? table
      : element("p", "hint empty", say("no_document_of_that_name"))];
    if (records.length > rows.length) {
      content.push(button("plain more-rows", say("show_more_documents"), () => {
        shelf.shown += PORTION;
        drawList(list);
        // On with the first of the new rows.
        list.querySelectorAll("tbody tr")[rows.length]?.querySelector("a")?.focus();
      }));
    }
    list.replaceChildren(...content);
  }

  function countOf(all, drawn) {
    const total = number(shelf.records.length);
    const told = [shelf.search.trim()
      ? say("documents_found", { found: number(all), total }) : say("documents_counted", { total })];
    if (drawn < all) told.push(say("documents_shown", { shown: number(drawn), found: number(all) }));
    return told.join(" · ");
  }

  function columnHead(key, list) {
    const cell = element("th", key);
    cell.scope = "col";
    const sorted = shelf.key === key;
    cell.setAttribute("aria-sort", sorted ? (shelf.down ? "descending" : "ascending") : "none");
    const arrow = element("span", "arrow", sorted ? (shelf.down ? "▼" : "▲") : "");
    arrow.setAttribute("aria-hidden", "true");
    cell.append(button("sort", say(`column_${key}`), () => {
      sortBy(key, list);
      list.querySelector(`th.${key} button`)?.focus();
    }));
    cell.firstChild.append(arrow);
    return cell;
  }

  function lastHead() {
    const cell = element("th", "actions");
    cell.setAttribute("aria-label", say("column_actions"));
    cell.scope = "col";
    return cell;
  }

  function documentRow(record, send) {
    const name = element("td", "name", nameOf(record), ...warnings(record.warnings));
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
    return element("tr", "", ...cells, element("td", "actions",
      element("div", "buttons", remove, furtherActions(record, send))));
  }

  /** The name leads into the document. */
  function nameOf(record) {
    const link = element("a", "", record.name);
    link.dir = "auto";
    link.title = say("read_named", { name: record.name });
    link.href = window.sanad.linkTo(record.name);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
      event.preventDefault();
      window.sanad.read(record.name, 0, { opener: link });
    });
    return link;
  }

  function furtherActions(record, send) {
    const summary = element("summary", "plain", "⋯");
    summary.setAttribute("aria-label", say("more_actions_named", { name: record.name }));
    summary.title = say("more_actions");
    const again = button("plain reread", say("reread"), () => {
      further.open = false;
      summary.focus();
      send({ act: "reread", id: record.id });
    });
    again.setAttribute("aria-label", say("reread_named", { name: record.name }));
    const further = element("details", "further", summary, again);
    further.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && further.open) { further.open = false; summary.focus(); }
    });
    return further;
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
      button("plain danger filled", say("remove"), () => { close(); send({ act: "remove", id: record.id }); }),
    ]);
  }

  const STAGES = { files: "reading_files", embedding: "embedding_texts", rebuild: "rebuilding" };

  function drawActivity(root, told) {
    root.setAttribute("aria-live", "polite");
    // Figures that change several times a second are not read out, their end is.
    root.setAttribute("aria-busy", String(told.state === "working"));
    if (told.state === "working") {
      const stages = told.stages.length ? told.stages : [{ stage: "", done: 0, total: 0 }];
      root.replaceChildren(...stages.flatMap(drawStage));
      return;
    }
    const results = told.results || [];
    const lines = [...results].sort((one, other) => failed(other) - failed(one)).map(drawResult);
    if (told.error) lines.push(element("li", "failed", element("p", "reason", told.error[language()])));
    const summary = results.length > 1 ? [element("p", "hint", summed(results))] : [];
    root.replaceChildren(...summary, ...(lines.length ? [element("ul", "", ...lines)] : []));
    changed(); // also where the list is the same: another model may have indexed it
  }

  function drawStage({ stage, done, total }) {
    const fields = { done: number(done), total: number(total) };
    const words = say(STAGES[stage] || "preparing", fields);
    const bar = element("progress");
    bar.setAttribute("aria-label", words);
    if (total) { bar.max = total; bar.value = done; }
    return [bar, element("p", "hint", words)];
  }

  const failed = (result) => Number(result.status === "failed");

  function summed(results) {
    const counts = new Map();
    for (const { status } of results) counts.set(status, (counts.get(status) || 0) + 1);
    const told = [...counts].map(([status, count]) => `${number(count)} ${say(`status_${status}`)}`);
    return say("results_told", {
      total: number(results.length), counts: told.join(language() === "ar" ? "، " : ", "),
    });
  }

  function drawResult(result) {
    const name = element("span", "name", result.name);
    name.dir = "auto";
    const line = element("li", result.status, name, " ",
      element("span", "status", say(`status_${result.status}`)));
    if (result.error) line.append(element("p", "reason", result.error[language()]));
    line.append(...warnings(result.warnings || []));
    return line;
  }

  /** Rebuilds the index with another model, where its progress is seen. */
  function rebuildWith(model) {
    shelf.wanted = { act: "rebuild", model };
    document.querySelectorAll("[role=tab]")[1]?.click();
    sendWanted();
  }

  /** What was wanted before the tab was there to send it. */
  function sendWanted() {
    if (!shelf.send || !shelf.wanted) return;
    shelf.send(shelf.wanted);
    shelf.wanted = null;
  }

  window.sanad.rebuildWith = rebuildWith;
  drawings.documents = drawDocuments;
  drawings.activity = drawActivity;
})();
