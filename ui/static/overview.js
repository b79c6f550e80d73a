// The library as a whole: figures, bars, and where the map of the passages stands (map.js draws it).
(() => {
  "use strict";

  const { language, say, number, day, ask, element, button, whole, drawings, shelf } = window.sanad;
  const LANGUAGES = ["ar", "en"];

  // What was counted, of which documents (their mark), and the root it is drawn in.
  const seen = { root: null, figures: null, map: null, error: null, of: null, loading: false };

  /** Called when the tab is shown: counts again when the documents are others than before. */
  function showOverview() {
    if (seen.loading || (seen.figures && seen.of === shelf.mark())) return undefined;
    return load();
  }

  async function load() {
    Object.assign(seen, { loading: true, error: null, of: shelf.mark() });
    draw();
    try {
      const [figures, map] = await Promise.all([ask("/page/overview"), ask("/page/map")]);
      Object.assign(seen, { figures, map });
    } catch (error) {
      Object.assign(seen, { error: error.message, of: null });
    }
    seen.loading = false;
    draw();
    if (!seen.error && seen.of !== shelf.mark()) await load(); // they have changed meanwhile
  }

  function drawOverview(root) {
    seen.root = root;
    draw();
  }

  function draw() {
    const { root, figures, map, error, loading } = seen;
    if (!root) return;
    const focused = root.querySelector(".refresh") === document.activeElement;
    root.setAttribute("aria-busy", String(loading));
    const refresh = button("plain refresh", say("overview_refresh"), () => { if (!seen.loading) load(); });
    const head = element("div", "overview-head", element("h2", "", say("overview_title")), refresh);
    const told = element("p", "hint told", error || (loading ? say("overview_loading") : ""));
    told.setAttribute("role", "status");
    const content = [];
    if (figures && !figures.documents) content.push(element("p", "hint empty", say("overview_empty")));
    else if (figures) content.push(drawFigures(figures), drawBars(figures), drawMapPart(map));
    root.replaceChildren(head, told, ...content);
    if (focused) refresh.focus();
    root.querySelector(".map")?.dispatchEvent(new CustomEvent("placed"));
  }

  // ---- figures --------------------------------------------------------------------------------

  function drawFigures(figures) {
    const { words, models } = figures;
    const total = LANGUAGES.reduce((sum, code) => sum + words[code], 0);
    const cards = [
      ["documents", [number(figures.documents)]],
      ["passages", [number(figures.passages)]],
      ["sentences", [number(figures.sentences)]],
      ["words", [number(total)], byLanguage(words)],
      ["languages", [], byLanguage(Object.fromEntries(
        figures.languages.map((one) => [one.language, one.documents])))],
      ["formats", [], figures.formats.map((one) =>
        [one.format ? one.format.toUpperCase() : say("overview_no_format"), one.documents])],
      ["bytes", [size(figures.bytes)]],
      ["changed", [figures.changed ? day(figures.changed) : "–"]],
      ["warnings", [number(figures.warnings)]],
      ["model_passages", [models.passages]],
      ["model_sentences", [models.sentences]],
    ];
    return element("dl", "figures", ...cards.map(([key, values, parts_ = []]) =>
      element("div", `figure ${key}`, element("dt", "", say(`overview_${key}`)),
        ...values.map((value) => element("dd", "value", whole(value))),
        ...parts_.map(([name, count]) =>
          element("dd", "part", whole(name), ": ", whole(number(count)))))));
  }

  const byLanguage = (counts) => LANGUAGES.filter((code) => counts[code])
    .map((code) => [say(`language_${code}`), counts[code]]);

  function size(bytes) {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    let amount = bytes;
    let unit = 0;
    while (amount >= 1000 && unit < units.length - 1) { amount /= 1000; unit += 1; }
    const locale = language() === "ar" ? "ar-u-nu-latn" : "en";
    return new Intl.NumberFormat(locale, {
      style: "unit", unit: units[unit], unitDisplay: language() === "ar" ? "long" : "short",
      maximumFractionDigits: amount < 10 ? 1 : 0,
    }).format(amount);
  }

  // ---- bars -------------------------------------------------------------------------------------

  function drawBars({ bars, others }) {
    const rows = bars.map(({ document: name, passages }) => ({ name: whole(name), passages }));
    if (others) {
      const words = say("overview_others", { count: number(others.documents) });
      rows.push({ name: words, passages: others.passages });
    }
    const sum = ({ passages }) => LANGUAGES.reduce((all, code) => all + passages[code], 0);
    const most = Math.max(...rows.map(sum));
    const head = element("tr", "", ...["overview_document", "language_ar", "language_en", "overview_share"]
      .map((key) => { const cell = element("th", "", say(key)); cell.scope = "col"; return cell; }));
    for (const at of [1, 2]) head.children[at].prepend(swatch(LANGUAGES[at - 1]));
    const body = rows.map((row) => {
      const name = element("th", "name", row.name);
      name.scope = "row";
      const counts = LANGUAGES.map((code) => {
        const cell = element("td", "count", number(row.passages[code]));
        cell.dataset.label = say(`language_${code}`); // shown where there is no room for columns
        return cell;
      });
      return element("tr", "", name, ...counts, element("td", "share", bar(row.passages, most),
        element("span", "sum", number(sum(row)))));
    });
    return element("section", "bars", element("h3", "", say("overview_bars")),
      element("table", "", element("thead", "", head), element("tbody", "", ...body)));
  }

  function bar(passages, most) {
    const pieces = LANGUAGES.map((code) => {
      const piece = element("span", `piece ${code}`);
      piece.style.inlineSize = `${(100 * passages[code]) / most}%`;
      return piece;
    });
    const made = element("span", "bar", ...pieces);
    made.setAttribute("aria-hidden", "true"); // the numbers stand beside it
    return made;
  }

  function swatch(code) {
    const made = element("span", `swatch piece ${code}`);
    made.setAttribute("aria-hidden", "true");
    return made;
  }

  // ---- the map ------------------------------------------------------------------------------------

  function drawMapPart(map) {
    const made = element("section", "map-part", element("h3", "", say("overview_map")));
    if (map.points.length < 3) {
      made.append(element("p", "hint", say("overview_map_few")));
      return made;
    }
    made.append(element("p", "hint", say("overview_map_hint")));
    if (map.points.length < map.passages) {
      made.append(element("p", "hint", say("overview_map_sample", {
        shown: number(map.points.length), total: number(map.passages),
      })));
    }
    made.append(...window.sanad.drawMap(map.points));
    return made;
  }

  drawings.overview = drawOverview;
  window.sanad.showOverview = showOverview;
  document.addEventListener("sanad-documents", () => {
    // A tab that is not shown counts when it is.
    if (seen.root?.offsetParent && seen.figures) showOverview();
  });
})();
