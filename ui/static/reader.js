// Reading a document in a dialog, a section at a time, with a sentence of it marked.
(() => {
  "use strict";

  const {
    say, ask, element, button, whole, languageOf, direct, dialogTitle, openDialog,
  } = window.sanad;
  const LETTER = /\p{L}/u;
  const DEEPEST = 6;

  // Remembered from one document to the next.
  let passagesShown = true;

  /** Opens a document at a character; `from` and `to` are the span of a sentence to be marked. */
  function read(name, at, { from = null, to = null, opener = null } = {}) {
    const reading = {
      name, mark: from !== null && to > from ? [from, to] : null, section: null, asked: 0,
    };
    const where = element("div", "details reader-where");
    where.setAttribute("aria-live", "polite");
    const body = element("div", "reader-text");
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", say("reader_text"));
    Object.assign(reading, { where, body, contents: contentsOf(reading) });
    const bar = element("div", "reader-bar", reading.contents.label, passagesSwitch(reading));
    reading.dialog = openDialog(dialogTitle(name), [bar, where, body], opener, (close) => {
      reading.ways = waysOf(reading);
      return [...Object.values(reading.ways), button("plain close", say("close"), close)];
    });
    reading.dialog.classList.add("reader");
    body.focus({ preventScroll: true });
    return go(reading, at, reading.mark !== null);
  }

  /** Shows the section around a character, scrolled to the mark or to that character. */
  async function go(reading, at, toMark = false) {
    reading.asked += 1;
    const turn = reading.asked;
    reading.body.setAttribute("aria-busy", "true");
    if (!reading.section) reading.body.replaceChildren(element("p", "hint", say("reader_loading")));
    let section;
    try {
      const query = new URLSearchParams({ document: reading.name, at: String(at) });
      section = await ask(`/page/section?${query}`);
    } catch (error) {
      if (turn === reading.asked) fail(reading, error);
      return;
    }
    // Somebody who pressed a button twice wants the second section alone.
    if (turn !== reading.asked || !reading.dialog.isConnected) return;
    reading.section = section;
    draw(reading);
    scroll(reading, at, toMark);
  }

  function fail(reading, error) {
    reading.body.removeAttribute("aria-busy");
    reading.body.replaceChildren(element("p", "hint", error.message));
    if (!reading.section) for (const way of Object.values(reading.ways)) way.disabled = true;
  }

  // ---- the parts of the dialog ----------------------------------------------------------------

  function contentsOf(reading) {
    const list = element("select");
    list.addEventListener("change", () => go(reading, Number(list.value)));
    return { list, label: element("label", "reader-contents", say("reader_contents"), list) };
  }

  function passagesSwitch(reading) {
    const box = element("input");
    box.type = "checkbox";
    box.checked = passagesShown;
    box.addEventListener("change", () => {
      passagesShown = box.checked;
      reading.body.classList.toggle("with-passages", passagesShown);
    });
    return element("label", "reader-switch", box, say("reader_show_passages"));
  }

  function waysOf(reading) {
    const back = button("plain to-mark", say("reader_to_mark"), () => {
      go(reading, reading.mark[0], true);
      reading.body.focus({ preventScroll: true }); // the button goes away
    });
    back.hidden = true;
    const step = (key) => button(`plain ${key}`, say(`reader_${key}`), () =>
      go(reading, reading.section[key]));
    return { back, previous: step("previous"), next: step("next") };
  }

  // ---- drawing --------------------------------------------------------------------------------

  function draw(reading) {
    const { section, body, where, ways, mark } = reading;
    body.removeAttribute("aria-busy");
    body.classList.toggle("with-passages", passagesShown);
    direct(body, section.language);
    body.replaceChildren(...linesOf(section, mark));
    where.replaceChildren(...placeOf(section));
    fillContents(reading.contents.list, section);
    ways.back.hidden = !mark || (mark[0] >= section.start && mark[0] < section.end);
    for (const key of ["previous", "next"]) {
      const focused = document.activeElement === ways[key];
      ways[key].disabled = section[key] === null;
      if (focused && ways[key].disabled) body.focus({ preventScroll: true });
    }
  }

  /** "page 4 of 12 › Leave › Part-time" */
  function placeOf(section) {
    const fields = { number: section.page, total: section.pages };
    const steps = section.page === null ? [] : [say(`reader_${section.unit}_of`, fields)];
    return [...steps, ...section.title].flatMap((step, at) => [at ? " › " : "", whole(step)]);
  }

  function fillContents(list, section) {
    const entries = section.contents;
    const first = entries.length && entries[0].start === 0 ? [] : [{ title: "", start: 0, page: null, level: 1 }];
    const all = [...first, ...entries];
    const highest = Math.min(...all.map((entry) => entry.level));
    list.replaceChildren(...all.map((entry) => {
      const words = entry.title
        || (entry.page === null ? say("reader_beginning") : say(section.unit, { number: entry.page }));
      const deep = Math.min(entry.level - highest, DEEPEST);
      const option = element("option", "", "\u00a0\u00a0".repeat(deep) + words);
      option.value = String(entry.start);
      return option;
    }));
    // The last entry at or before the place that was asked for.
    const chosen = all.filter((entry) => entry.start <= Math.max(section.at, section.start)).at(-1);
    list.value = String((chosen || all[0]).start);
    list.parentElement.hidden = all.length < 2;
  }

  /** A section as paragraphs, each with its own direction; offsets count code points. */
  function linesOf(section, mark) {
    const letters = [...section.text]; // JavaScript's own strings count differently
    const events = eventsOf(section, mark);
    const lines = [];
    let start = 0;
    while (start <= letters.length) {
      let end = letters.indexOf("\n", start);
      if (end < 0) end = letters.length;
      lines.push(...lineOf(letters, start, end, section, events, mark));
      start = end + 1;
    }
    return lines;
  }

  /** Where the text is cut, relative to the section: beginnings of passages, ends of the mark. */
  function eventsOf(section, mark) {
    const begins = new Map();
    for (const passage of section.passages) {
      if (passage.start >= section.start) begins.set(passage.start - section.start, passage.number);
    }
    const breaks = new Map(section.breaks.map((page) => [page.start - section.start, page.number]));
    const ends = (mark || []).map((at) => at - section.start);
    const cuts = [...new Set([...begins.keys(), ...ends])].sort((one, other) => one - other);
    const headings = section.headings.map((span) => span.map((at) => at - section.start));
    return { begins, breaks, cuts, headings };
  }

  function lineOf(letters, start, end, section, events, mark) {
    const { begins, breaks, cuts, headings } = events;
    const title = headings.some(([from, to]) => from < end && to > start);
    const line = element("div", title ? "paragraph heading" : "paragraph");
    line.dataset.at = String(section.start + start);
    const inside = cuts.filter((cut) => cut > start && cut < end);
    const places = [start, ...inside, end];
    places.slice(0, -1).forEach((from, at) => {
      if (begins.has(from)) line.append(passageSign(begins.get(from)));
      const text = letters.slice(from, places[at + 1]).join("");
      if (text) line.append(isMarked(section.start + from, mark) ? element("mark", "", text) : text);
    });
    const words = line.textContent;
    if (words) direct(line, LETTER.test(words) ? languageOf(words) : section.language);
    const before = [...breaks].filter(([at]) => at >= start && at <= end).map(([, number]) =>
      element("div", "page-break", say(section.unit, { number })));
    return [...before, line];
  }

  const isMarked = (at, mark) => mark !== null && at >= mark[0] && at < mark[1];

  /** A thin line where a passage of the index begins. Its number is not part of the text. */
  function passageSign(number) {
    const sign = element("span", "passage-sign");
    const label = say("reader_passage", { number });
    sign.setAttribute("role", "separator");
    sign.setAttribute("aria-label", label);
    sign.title = label;
    sign.dataset.number = String(number); // shown by the style sheet
    return sign;
  }

  function scroll(reading, at, toMark) {
    const { body, section } = reading;
    const marked = toMark ? body.querySelector("mark") : null;
    if (marked) {
      marked.scrollIntoView({ block: "center" });
      return;
    }
    body.scrollTop = 0;
    if (at <= section.start) return;
    const lines = [...body.querySelectorAll(".paragraph")];
    const line = lines.filter((one) => Number(one.dataset.at) <= at).at(-1);
    if (line) body.scrollTop = line.offsetTop - body.offsetTop;
  }

  // ---- a link to a document ---------------------------------------------------------------------

  const PREFIX = "#read=";

  /** Where the page opens that document by itself. */
  const linkTo = (name) => `${PREFIX}${encodeURIComponent(name)}`;

  function openLinked() {
    if (!location.hash.startsWith(PREFIX)) return;
    // Dialogs are shown within Gradio's frame, which takes a moment to come.
    if (!document.querySelector(".gradio-container")) { setTimeout(openLinked, 50); return; }
    let name;
    try { name = decodeURIComponent(location.hash.slice(PREFIX.length)); } catch { return; }
    history.replaceState(null, "", location.pathname + location.search);
    read(name, 0);
  }

  Object.assign(window.sanad, { read, linkTo });
  window.addEventListener("load", openLinked);
})();
