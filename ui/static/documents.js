// The documents of the library, and what happens to files that are added.
(() => {
  "use strict";

  const {
    language, say, number, day, element, button, dialogTitle, openDialog, warnings, drawings,
  } = window.sanad;

  function drawDocuments(root, records, send) {
    const heading = element("h2", "", say("documents_in_store"));
    if (!records.length) {
      root.replaceChildren(heading, element("p", "hint empty", say("no_documents")));
      return;
    }
    const keys = ["name", "language", "pages", "passages", "added", "actions"];
    const head = element("tr", "", ...keys.map((key) => {
      const cell = element("th", key, key === "actions" ? "" : say(`column_${key}`));
      if (key === "actions") cell.setAttribute("aria-label", say("column_actions"));
      cell.scope = "col";
      return cell;
    }));
    const rows = records.map((record) => documentRow(record, send));
    const table = element("table", "", element("thead", "", head), element("tbody", "", ...rows));
    root.replaceChildren(heading, table);
  }

  function documentRow(record, send) {
    const name = element("td", "name", element("span", "", record.name));
    name.firstChild.dir = "auto";
    name.append(...warnings(record.warnings));
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
    return element("tr", "", ...cells, element("td", "actions", remove));
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
      button("plain danger filled", say("remove"), () => { close(); send({ id: record.id }); }),
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

  drawings.documents = drawDocuments;
  drawings.activity = drawActivity;
})();
