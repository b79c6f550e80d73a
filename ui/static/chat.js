// The conversation: questions and answers as they are written, and what can be done with them.
//
// Answers grow while they are read: what is on the page already is left alone, so that a marker
// keeps the focus and nothing moves.
(() => {
  "use strict";

  const {
    ask, say, number, element, button, languageOf, direct, drawings, parts, showSource, cardOf,
    tip,
  } = window.sanad;
  const MARKER = /\[([0-9]{1,3})\]/;
  const ITEM = /^\s*[-•]\s+/;
  const NEAR_THE_END = 80;
  const OPEN = ["waiting", "working"];
  const PRESSED = { like: 1, dislike: -1 };

  // Of each exchange on the page: its node, and what that was drawn from.
  const drawn = new Map();
  // What was pressed since the exchange came from the server.
  const ratings = new Map();
  let editing = null;

  const exchanges = () => parts.get("chat")?.value()?.exchanges || [];
  const opened = () => parts.get("chat")?.value()?.id || "";
  const busy = () => OPEN.includes(exchanges().at(-1)?.state);

  function drawChat(root, value, send) {
    const told = value.exchanges || [];
    const log = root.querySelector(".log") || begin(root);
    log.setAttribute("aria-label", say("conversation"));
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END;
    const before = log.querySelectorAll(".exchange").length;
    const known = new Set(told.map((exchange) => exchange.id));
    for (const [id, { node }] of drawn) {
      if (!known.has(id)) { node.remove(); drawn.delete(id); }
    }
    log.querySelector(".welcome")?.remove();
    if (!told.length) log.append(welcome());
    told.forEach((exchange, turn) => drawExchange(log, exchange, turn, send));
    if (atEnd || told.length > before) log.scrollTop = log.scrollHeight;
  }

  function begin(root) {
    const log = element("div", "log");
    log.setAttribute("role", "log");
    log.tabIndex = 0; // it scrolls, so the keyboard must reach it
    root.replaceChildren(log);
    drawn.clear();
    return log;
  }

  function welcome() {
    const [first, second] = say("welcome").split("\n\n");
    return element("div", "welcome", element("p", "", first), element("p", "", second));
  }

  function drawExchange(log, exchange, turn, send) {
    let record = drawn.get(exchange.id);
    if (!record) {
      const node = element("article", "exchange");
      const asked = element("div", "asked");
      const bot = element("div", "message bot");
      bot.dataset.testid = "bot";
      const foot = element("div", "foot");
      node.append(asked, bot, foot);
      record = { node, asked, bot, foot, lines: [], unsupported: "", keys: {} };
      drawn.set(exchange.id, record);
    }
    if (record.node.parentNode !== log || log.children[turn] !== record.node) {
      log.insertBefore(record.node, log.children[turn] || null);
    }
    const last = turn === exchanges().length - 1;
    const language = document.documentElement.lang;
    redraw(record, "asked", [exchange.question, editing === exchange.id, busy(), language],
      () => drawQuestion(record.asked, exchange, send));
    write(record, exchange, turn);
    redraw(record, "foot", [exchange.state, exchange.suggestions, exchange.searched,
      exchange.seconds, ratingOf(exchange), last, busy(), language],
    () => drawFoot(record.foot, exchange, last, send));
  }

  function redraw(record, name, values, draw) {
    const key = JSON.stringify(values);
    if (record.keys[name] === key) return;
    record.keys[name] = key;
    draw();
  }

  // ---- the question ---------------------------------------------------------------------------

  function drawQuestion(holder, exchange, send) {
    if (editing === exchange.id) { holder.replaceChildren(editor(exchange, send)); return; }
    const bubble = element("div", "message user", exchange.question);
    bubble.dataset.testid = "user";
    direct(bubble, languageOf(exchange.question));
    const edit = sign("edit", "✎", say("edit_question"), () => {
      editing = exchange.id;
      parts.get("chat").draw();
      drawn.get(exchange.id)?.asked.querySelector("textarea")?.focus();
    });
    edit.disabled = busy();
    holder.replaceChildren(edit, bubble);
  }

  function editor(exchange, send) {
    const box = element("textarea", "", exchange.question);
    box.setAttribute("aria-label", say("edit_question"));
    box.dir = "auto";
    box.rows = Math.min(6, 1 + Math.ceil(exchange.question.length / 60));
    const leave = () => {
      editing = null;
      parts.get("chat").draw();
      drawn.get(exchange.id)?.asked.querySelector(".edit")?.focus();
    };
    const resend = () => {
      if (!box.value.trim()) return;
      editing = null;
      send({ exchange: exchange.id, question: box.value });
      document.querySelector("#question textarea")?.focus();
    };
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        resend();
      }
    });
    return element("div", "editor", box, element("p", "hint", say("edit_explained")),
      element("div", "editor-actions", button("plain", say("cancel"), leave),
        button("plain filled", say("send_again"), resend)));
  }

  // ---- the answer -----------------------------------------------------------------------------

  function write(record, exchange, turn) {
    const { bot } = record;
    const waiting = !exchange.text && OPEN.includes(exchange.state);
    const text = waiting ? patience(exchange) : exchange.text;
    bot.classList.toggle("open", OPEN.includes(exchange.state));
    direct(bot, exchange.text ? languageOf(text) : document.documentElement.lang);
    const lines = text.split("\n");
    const unsupported = JSON.stringify(exchange.unsupported);
    const grows = record.turn === turn && record.waiting === waiting
      && record.unsupported === unsupported
      && record.lines.every((line, at) => lines[at]?.startsWith(line)
        && (at === record.lines.length - 1 || lines[at] === line));
    if (!grows) { bot.replaceChildren(); record.lines = []; }
    Object.assign(record, { turn, waiting, unsupported });
    let offset = 0; // code points before the line, as the spans count
    lines.forEach((line, at) => {
      const old = record.lines[at];
      if (old !== line) {
        const holder = old === undefined ? lineHolder(bot, line) : lineNodes(bot)[at];
        const shown = old ?? (ITEM.exec(line)?.[0] || "");
        append(holder, line.slice(shown.length), offset + [...shown].length, exchange, turn);
        direct(holder, languageOf(line));
      }
      offset += [...line].length + 1;
    });
    record.lines = lines;
    drawDoubt(bot, exchange);
  }

  function patience(exchange) {
    return exchange.place ? say("answers_before", { count: number(exchange.place) }) : say("working");
  }

  const lineNodes = (bot) => [...bot.querySelectorAll(":scope > p.line, :scope > ul > li")];

  function lineHolder(bot, line) {
    if (!ITEM.test(line)) {
      const made = element("p", "line");
      bot.append(made);
      return made;
    }
    const list = bot.lastElementChild?.tagName === "UL" ? bot.lastElementChild : element("ul");
    const made = element("li");
    list.append(made);
    if (!list.parentNode) bot.append(list);
    return made;
  }

  /** Text with its markers as buttons; what has no source is marked as such. */
  function append(holder, text, offset, exchange, turn) {
    let at = offset;
    text.split(MARKER).forEach((piece, place) => {
      const marks = place % 2 === 1;
      if (marks && cardOf(exchange, Number(piece))) {
        // A marker does not stand alone on the next line.
        const before = holder.lastChild;
        if (before?.nodeType === Node.TEXT_NODE) before.data = before.data.replace(/ $/, "\u00a0");
        holder.append(marker(piece, exchange, turn));
      } else if (piece) {
        holder.append(...supported(marks ? `[${piece}]` : piece, at, exchange));
      }
      at += [...piece].length + (marks ? 2 : 0);
    });
  }

  function supported(text, at, exchange) {
    const letters = [...text];
    const bare = letters.map((_, place) => exchange.unsupported
      .some(([from, to]) => at + place >= from && at + place < to));
    const made = [];
    for (let from = 0; from < letters.length;) {
      let to = from + 1;
      while (to < letters.length && bare[to] === bare[from]) to += 1;
      const part = letters.slice(from, to).join("");
      made.push(bare[from] && part.trim() ? withoutSource(part) : part);
      from = to;
    }
    return made;
  }

  function withoutSource(text) {
    const made = element("span", "unsupported", text,
      element("span", "unseen", ` (${say("unsupported")})`));
    made.title = say("unsupported");
    return made;
  }

  function marker(digits, exchange, turn) {
    const made = button("marker", digits, () => showSource(turn, Number(digits)));
    made.dataset.turn = turn;
    made.setAttribute("aria-label", say("source_number", { number: digits }));
    tip(made, () => cardOf(exchange, Number(digits)));
    return made;
  }

  function drawDoubt(bot, exchange) {
    const shown = bot.querySelector(":scope > .doubt");
    const words = exchange.state === "doubtful" ? say("doubt", {}, exchange.language) : "";
    if (shown?.lastChild.textContent === words || (!shown && !words)) return;
    shown?.remove();
    if (!words) return;
    const exclamation = element("span", "sign", "!");
    exclamation.setAttribute("aria-hidden", "true");
    bot.append(element("p", "warning doubt", exclamation, element("span", "", words)));
  }

  // ---- what can be done with it ---------------------------------------------------------------

  function drawFoot(foot, exchange, last, send) {
    foot.replaceChildren();
    if (OPEN.includes(exchange.state)) return;
    const actions = element("div", "actions");
    if (exchange.text) actions.append(copier(exchange));
    if (last && !busy()) {
      actions.append(sign("again", "↻", say("again"), () => send({ exchange: exchange.id })));
    }
    if (["answered", "doubtful", "abstained"].includes(exchange.state)) {
      actions.append(rater(exchange, "like", "👍"), rater(exchange, "dislike", "👎"));
    }
    foot.append(actions, facts(exchange));
    if (last && exchange.suggestions.length) foot.append(next(exchange, send));
  }

  function facts(exchange) {
    const told = [];
    const { searched, seconds } = exchange;
    if (searched && !["small_talk", "failed"].includes(exchange.state)) {
      const fields = { count: number(searched.documents), of: number(searched.of) };
      told.push(say(searched.documents === searched.of ? "searched_all" : "searched_some", fields));
    }
    if (seconds && exchange.state !== "small_talk") {
      told.push(say("took", { first: number(seconds.first_token), total: number(seconds.total) }));
    }
    const line = element("p", "facts", told.join(" · "));
    if (searched?.names.length) line.title = searched.names.join("\n");
    return line;
  }

  function copier(exchange) {
    return sign("copy", "⧉", say("copy"), async (event) => {
      const made = event.currentTarget;
      const path = `/page/exchanges/${exchange.id}/text?language=${document.documentElement.lang}`;
      const told = await ask(path).catch((error) => ({ error: error.message }));
      if (told.error) { inform(made, told.error); return; }
      try {
        await navigator.clipboard.writeText(told.text);
        inform(made, say("copied"));
      } catch { // not allowed, or there is no clipboard for pages from another machine
        inform(made, say("copy_refused"));
      }
    });
  }

  const ratingOf = (exchange) => ratings.get(exchange.id) ?? exchange.rating;

  function rater(exchange, name, picture) {
    const pressed = ratingOf(exchange) === PRESSED[name];
    const made = sign(name, picture, say(name), async () => {
      try {
        const rating = pressed ? 0 : PRESSED[name];
        await ask(`/page/exchanges/${exchange.id}/rating`, "PUT", { rating });
        ratings.set(exchange.id, rating);
        parts.get("chat").draw();
        drawn.get(exchange.id)?.foot.querySelector(`.${name}`)?.focus();
      } catch (error) {
        inform(made, error.message);
      }
    });
    made.setAttribute("aria-pressed", String(pressed));
    return made;
  }

  function next(exchange, send) {
    return element("div", "next", element("p", "hint", say("ask_next")), element("div", "chips",
      ...exchange.suggestions.map((question) => direct(
        button("chip", question, () => send({ question })), exchange.language || languageOf(question)))));
  }

  function sign(name, picture, label, onClick) {
    const made = button(`sign-button ${name}`, "", onClick);
    const drawing = element("span", "", picture);
    drawing.setAttribute("aria-hidden", "true");
    made.append(drawing);
    made.setAttribute("aria-label", label);
    made.title = label;
    return made;
  }

  /** A word beside a button, read out, for a moment. */
  function inform(beside, words) {
    const told = element("span", "told", words);
    told.setAttribute("role", "status");
    beside.parentNode.append(told);
    setTimeout(() => told.remove(), 4000);
  }

  drawings.chat = drawChat;
  Object.assign(window.sanad, { exchanges, opened });
})();
