// The map of the passages: a point for each, by colour and shape of its document.
(() => {
  "use strict";

  const { say, number, element, button, whole, direct } = window.sanad;
  const SVG = "http://www.w3.org/2000/svg";
  const NAMED = 10;
  const MARGIN = 14;
  const SHALLOW = 0.62; // height as a share of width
  const RESIZED_MS = 150;
  // Outlines around 0, 0: with the colours alone ten documents could not be told apart.
  const SHAPES = [
    "M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z", // circle
    "M-4.5-4.5H4.5V4.5H-4.5Z", // square
    "M0-5.5L5.5 4.5H-5.5Z", // triangle
    "M0-6L6 0L0 6L-6 0Z", // diamond
    "M-2-5.5H2V-2H5.5V2H2V5.5H-2V2H-5.5V-2H-2Z", // cross
    "M0 5.5L5.5-4.5H-5.5Z", // triangle, pointing down
    "M0-6.5L1.7-2.2H6.2L2.7.8L4 5.4L0 2.7L-4 5.4L-2.7.8L-6.2-2.2H-1.7Z", // star
    "M-5.5-2.5H5.5V2.5H-5.5Z", // bar
    "M-2.5-5.5H2.5V5.5H-2.5Z", // pillar
    "M-3-5.2H3L6 0L3 5.2H-3L-6 0Z", // hexagon
  ];
  const DOT = "M0-3A3 3 0 1 1 0 3A3 3 0 1 1 0-3Z";

  // Survive drawing again, as when the language is switched.
  const kept = { passage: null, picked: null };

  /** The map, what is pointed at, and the legend: elements for the page, in reading order. */
  function drawMap(points) {
    const names = largest(points);
    const told = element("div", "pointed");
    const chart = drawing("svg", { role: "group", "aria-label": say("overview_map") });
    const holder = element("div", "map", chart);
    const map = { points, names, chart, told, nodes: [], spots: [] };
    const size = () => { place(map, holder.clientWidth); };
    holder.addEventListener("placed", () => { size(); tell(map, null); });
    let due = 0;
    new ResizeObserver(() => { clearTimeout(due); due = setTimeout(size, RESIZED_MS); }).observe(holder);
    // Grey points lie below the others.
    map.nodes = points.map((point, at) => drawPoint(map, point, at));
    const above = (at) => Number(names.includes(points[at].document));
    const order = points.map((_, at) => at).sort((one, other) => above(one) - above(other));
    chart.append(...order.map((at) => map.nodes[at]));
    const first = Math.max(0, points.findIndex(({ passage }) => passage === kept.passage));
    map.nodes[first].setAttribute("tabindex", "0");
    chart.addEventListener("keydown", (event) => onKey(map, event));
    return [holder, told, drawLegend(map)];
  }

  function drawing(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  /** The documents with the most points; of equal ones the first by name. */
  function largest(points) {
    const counts = countsOf(points);
    return [...counts.keys()].sort((one, other) =>
      counts.get(other) - counts.get(one) || (one < other ? -1 : 1)).slice(0, NAMED);
  }

  function countsOf(points) {
    const counts = new Map();
    for (const { document: name } of points) counts.set(name, (counts.get(name) || 0) + 1);
    return counts;
  }

  const look = (names, name) => {
    const at = names.indexOf(name);
    return at < 0 ? { d: DOT, class: "dot tone-rest" } : { d: SHAPES[at], class: `dot tone-${at % 5}` };
  };

  function drawPoint(map, point, at) {
    const node = drawing("path", { ...look(map.names, point.document), role: "button", tabindex: "-1" });
    const where = point.page === null ? [] : [say(point.unit, { number: point.page })];
    node.setAttribute("aria-label", [point.document, ...where, point.text].join(" · "));
    node.addEventListener("click", () => open(map, at));
    node.addEventListener("pointerenter", () => tell(map, at));
    node.addEventListener("focus", () => { rove(map, at); tell(map, at); });
    return node;
  }

  /** Puts the points where they belong in a chart of that width. */
  function place(map, width) {
    if (!width) return;
    const height = Math.round(width * SHALLOW);
    map.chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const across = fitted(map.points.map(({ x }) => x), width);
    const down = fitted(map.points.map(({ y }) => -y), height);
    map.spots = map.points.map((_, at) => [across[at], down[at]]);
    map.nodes.forEach((node, at) => {
      const [x, y] = map.spots[at];
      node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    });
  }

  /** Values spread over a length; all in its middle where they are the same. */
  function fitted(values, length) {
    const least = Math.min(...values);
    const range = Math.max(...values) - least;
    const room = length - 2 * MARGIN;
    return values.map((value) => (range ? MARGIN + ((value - least) / range) * room : length / 2));
  }

  // ---- what is pointed at -----------------------------------------------------------------------

  function tell(map, at) {
    if (at === null) {
      map.told.replaceChildren(element("p", "hint", say("overview_nothing_pointed")));
      return;
    }
    const point = map.points[at];
    const sign = drawing("svg", { class: "sign-of", viewBox: "-7 -7 14 14", "aria-hidden": "true" });
    sign.append(drawing("path", look(map.names, point.document)));
    const head = element("p", "pointed-head", sign, whole(point.document));
    if (point.page !== null) head.append(" · ", whole(say(point.unit, { number: point.page })));
    map.told.replaceChildren(head, direct(element("p", "pointed-text", `${point.text} …`), point.language));
  }

  function rove(map, at) {
    map.chart.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    map.nodes[at].setAttribute("tabindex", "0");
    kept.passage = map.points[at].passage;
  }

  function open(map, at) {
    const { document: name, start } = map.points[at];
    rove(map, at);
    window.sanad.read(name, start, { opener: map.nodes[at] });
  }

  // ---- keys ---------------------------------------------------------------------------------------

  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function onKey(map, event) {
    const at = map.nodes.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = map.nodes.length - 1;
    const steps = {
      Home: () => 0, End: () => last,
      PageDown: () => Math.min(last, at + 1), PageUp: () => Math.max(0, at - 1),
    };
    if (event.key === "Enter" || event.key === " ") open(map, at);
    else if (WAYS[event.key]) map.nodes[nearest(map.spots, at, WAYS[event.key])].focus();
    else if (steps[event.key]) map.nodes[steps[event.key]()].focus();
    else return;
    event.preventDefault();
  }

  /** The nearest spot in a direction, within its quarter if there is one; else the same spot. */
  function nearest(spots, at, [right, down]) {
    let best = at;
    let least = Infinity;
    spots.forEach(([x, y], other) => {
      const along = (x - spots[at][0]) * right + (y - spots[at][1]) * down;
      const aside = Math.abs((x - spots[at][0]) * down) + Math.abs((y - spots[at][1]) * right);
      // Points that lie on each other are taken in their order.
      const below = along === 0 && aside === 0 && (other - at) * (right + down) > 0;
      if (along <= 0 && !below) return;
      const outside = aside > along ? 1e6 : 0;
      const distance = Math.hypot(along, aside) + outside + (below ? Math.abs(other - at) * 1e-6 : 0);
      if (distance < least) { least = distance; best = other; }
    });
    return best;
  }

  // ---- legend -------------------------------------------------------------------------------------

  function drawLegend(map) {
    const counts = countsOf(map.points);
    const entries = map.names.map((name) => ({ name, label: whole(name), count: counts.get(name) }));
    const rest = map.points.length - entries.reduce((sum, { count }) => sum + count, 0);
    if (rest) entries.push({ name: "", label: say("overview_legend_others"), count: rest });
    const keys = entries.map(({ name, label, count }) => {
      const sign = drawing("svg", { class: "sign-of", viewBox: "-7 -7 14 14", "aria-hidden": "true" });
      sign.append(drawing("path", look(map.names, name)));
      const key = button("plain legend-key", "", () => {
        kept.picked = kept.picked === name ? null : name;
        bringOut(map, keys);
      });
      key.dataset.document = name;
      key.append(sign, element("span", "legend-name", label), element("span", "count", number(count)));
      return key;
    });
    if (!entries.some(({ name }) => name === kept.picked)) kept.picked = null;
    bringOut(map, keys);
    const list = element("ul", "legend", ...keys.map((key) => element("li", "", key)));
    list.setAttribute("aria-label", say("overview_legend"));
    return list;
  }

  function bringOut(map, keys) {
    for (const key of keys) {
      key.setAttribute("aria-pressed", String(key.dataset.document === kept.picked));
    }
    map.points.forEach(({ document: name }, at) => {
      const group = map.names.includes(name) ? name : "";
      map.nodes[at].classList.toggle("faded", kept.picked !== null && group !== kept.picked);
    });
  }

  window.sanad.drawMap = drawMap;
})();
