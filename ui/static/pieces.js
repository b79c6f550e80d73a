// Small pieces of the page that all parts are made of.
//
// Texts of documents and models are hostile: they reach the page through textContent and append
// alone, never through innerHTML or a template.
(() => {
  "use strict";

  const { say, language } = window.sanad;
  const ARABIC = /[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/g;
  const LATIN = /[A-Za-z\u00c0-\u024f]/g;
  const LETTER = /\p{L}/u;

  function element(tag, className = "", ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function button(className, label, onClick) {
    const made = element("button", className, label);
    made.type = "button";
    made.addEventListener("click", onClick);
    return made;
  }

  /** Text that keeps its own direction beside words of another. */
  const whole = (text) => element("bdi", "", text);

  const languageOf = (text) =>
    (text.match(ARABIC) || []).length > (text.match(LATIN) || []).length ? "ar" : "en";

  function direct(node, code) {
    const dir = code === "ar" ? "rtl" : "ltr";
    if (node.dir !== dir) node.dir = dir;
    if (node.lang !== code) node.lang = code;
    return node;
  }

  const dialogTitle = (text) => {
    const title = element("h2", "", text);
    title.dir = "auto";
    return title;
  };

  /** Pieces of text, each with what its lines become, as paragraphs of their own direction. */
  function paragraphs(pieces, code) {
    const made = [element("div", "paragraph")];
    for (const [text, drawn] of pieces) {
      text.split("\n").forEach((line, at) => {
        if (at) made.push(element("div", "paragraph"));
        if (line) made.at(-1).append(drawn(line));
      });
    }
    for (const paragraph of made) {
      const letters = paragraph.textContent.match(LETTER);
      direct(paragraph, letters ? languageOf(paragraph.textContent) : code);
    }
    return made;
  }

  /** What may be wrong with a text: a sign, and words that do without it. */
  const warnings = (told) => told.map((warning) => {
    const sign = element("span", "sign", "!");
    sign.setAttribute("aria-hidden", "true");
    return element("p", "warning", sign, element("span", "unseen", say("warning_of_document")),
      element("span", "", warning[language()]));
  });

  function openDialog(title, content, opener, actions = null) {
    const dialog = element("dialog", "sanad-dialog");
    title.id = "sanad-dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const close = () => dialog.close();
    const foot = element("div", "dialog-actions");
    foot.append(...(actions ? actions(close) : [button("plain", say("close"), close)]));
    dialog.append(title, ...content, foot);
    dialog.addEventListener("close", () => { dialog.remove(); opener?.focus(); });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });
    (document.querySelector(".gradio-container") || document.body).append(dialog);
    dialog.showModal();
    return dialog;
  }

  /** JSON from a route of the page; throws an Error that says, in the page's language, what failed. */
  async function ask(path, method = "GET", body = undefined) {
    let answer;
    try {
      answer = await fetch(`${window.sanadAddress}${path}`, {
        method,
        headers: body === undefined ? {} : { "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Error(say("server_gone"));
    }
    if (answer.status === 401) window.location.reload(); // the session has ended: to the login
    const told = answer.status === 204 ? null : await answer.json().catch(() => null);
    if (!answer.ok) throw new Error(told?.error?.[language()] || say("not_there"));
    return told;
  }

  /** Gives a text to the person as a file. */
  function download(name, content, type) {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  Object.assign(window.sanad, {
    ask, download, element, button, whole, languageOf, direct, dialogTitle, openDialog, paragraphs, warnings,
    // The parts that Gradio holds a place for: how each is drawn, and those that are on the page.
    drawings: {}, parts: new Map(),
  });
})();
