// The language of the page and its words. The first of our scripts: it comes before Gradio's own,
// so that those start in the right language.
(() => {
  "use strict";

  const texts = window.sanadTexts;
  const REMEMBERED = "sanad-language";

  let language = chosenLanguage();

  function chosenLanguage() {
    const kept = stored();
    if (kept === "ar" || kept === "en") return kept;
    const wanted = navigator.languages?.length ? navigator.languages : [navigator.language || ""];
    const known = wanted.map((code) => code.slice(0, 2)).find((code) => code === "ar" || code === "en");
    return known || "en";
  }

  // A browser may forbid storage; the page works without.
  function stored() {
    try { return localStorage.getItem(REMEMBERED); } catch { return null; }
  }
  function store(code) {
    try { localStorage.setItem(REMEMBERED, code); } catch { /* not remembered */ }
  }

  function say(key, fields = {}, code = language) {
    return texts[key][code].replace(/\{(\w+)\}/g, (whole, name) =>
      // Isolated, so that a file name does not turn the sentence around.
      name in fields ? `\u2068${fields[name]}\u2069` : whole);
  }

  // Made once in each language: making one takes longer than many uses of it.
  const formats = new Map();
  function format(kind, make) {
    const key = `${kind} ${language}`;
    if (!formats.has(key)) formats.set(key, make());
    return formats.get(key);
  }

  const number = (value) => format("number", () =>
    new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : "en")).format(value);

  const day = (value) => {
    const date = new Date(value);
    if (Number.isNaN(date.getTime())) return value;
    const locale = language === "ar" ? "ar-u-nu-latn-ca-gregory" : "en-GB";
    return format("day", () => new Intl.DateTimeFormat(
      locale, { day: "numeric", month: "long", year: "numeric" })).format(date);
  };

  // Gradio takes the language for its own words from the browser when it starts.
  for (const [name, value] of [["language", () => language], ["languages", () => [language]]]) {
    Object.defineProperty(navigator, name, { get: value, configurable: true });
  }

  function choose(code) {
    language = code;
    store(code);
    nameDocument();
  }

  function nameDocument() {
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    document.title = texts.page_title[language];
  }

  nameDocument();
  window.sanad = { language: () => language, choose, say, number, day };
})();
