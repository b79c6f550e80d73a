"""The web page: Gradio components and which event calls what; nothing else.

Texts are in `strings`, what events do in `page`, drawing in static/. The page gets what
documents and models wrote only as plain text, or as JSON that the script turns into text nodes:
never as HTML, Markdown or part of a template.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.middleware.gzip import GZipMiddleware

from index.readers import LIMIT_MB
from ui.asking import Asking
from ui.conversation import Conversation
from ui.delivery import FOR_GOOD, KeptFiles
from ui.offline_gradio import gr
from ui.shelf import Shelf
from ui.strings import LANGUAGES, TEXTS

_STATIC = Path(__file__).parent / "static"
_GRADIO_FILES = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
_SCRIPTS = (
    "words.js", "pieces.js", "shelf.js", "reader.js", "sources.js", "chat.js", "scope.js",
    "chats.js", "documents.js", "folders.js", "map.js", "overview.js",
    "preferences.js", "settings.js", "trial.js", "models.js", "app.js",
)  # fmt: skip
"""In the order in which they lean on each other."""
_STYLES = ("app.css", "chats.css", "folders.css", "reader.css", "overview.css", "settings.css")
_TABS = ("ask", "documents", "overview", "settings")
_FOLLOWED_AT_ONCE = 64
"""So many pages may look on while an answer is written."""
_QUEUE = 128
_HOUR = 3600
_WORTH_COMPRESSING = 1_000
"""Bytes."""
# The first comes with the page (static/fonts) and has the letters of both languages.
_FONTS = ["IBM Plex Sans Arabic", "Noto Sans Arabic", "Segoe UI", "Tahoma", "sans-serif"]
# Every event of the page says in which language it is shown, what the person chose and which
# documents to ask; state never comes from the page.
# Gradio does not wait for our scripts to have arrived.
_ARRIVED = "while (!window.sanad?.request) await new Promise((go) => setTimeout(go, 20));"
_WITH_QUESTION = (
    f"async (question) => {{ {_ARRIVED} return [question, window.sanad.request(), null]; }}"
)
_WITH_TOLD = f"async () => {{ {_ARRIVED} return [window.sanad.request()]; }}"
_WITH_REQUEST = f"async () => {{ {_ARRIVED} return [window.sanad.request(), null]; }}"


def build(asking: Asking, shelf: Shelf) -> gr.Blocks:
    """The page as Gradio blocks."""
    word = gr.I18n()
    with gr.Blocks(
        title=TEXTS["page_title"]["en"],
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_HOUR, _HOUR),
    ) as demo:
        conversation = gr.State(Conversation())
        told = gr.Textbox(visible=False)
        _drawn("header")
        with gr.Tabs(elem_id="tabs"):
            with (
                gr.Tab(word("tab_ask"), id="ask") as ask_tab,
                gr.Row(elem_id="ask-columns", equal_height=False),
            ):
                with gr.Column(scale=3, min_width=210, elem_id="chats-column"):
                    chats = _drawn("chats", "act")
                with gr.Column(scale=8, min_width=300, elem_id="chat-column"):
                    chat = _drawn("chat", "act")
                    examples = _drawn("examples", "act")
                    box = gr.Textbox(
                        elem_id="question",
                        label=word("question"),
                        show_label=False,
                        container=False,
                        placeholder=word("question_hint"),
                        lines=1,
                        max_lines=6,
                        submit_btn=True,
                        stop_btn=False,
                        autofocus=True,
                    )
                    scope = _drawn("scope")
                with gr.Column(scale=5, min_width=280, elem_id="sources-column"):
                    _drawn("sources")
            with (
                gr.Tab(word("tab_documents"), id="documents") as documents_tab,
                gr.Row(elem_id="document-columns", equal_height=False),
            ):
                with gr.Column(scale=4, min_width=280):
                    # No `file_types`: a file of another kind is told about with all the others.
                    upload = gr.File(
                        elem_id="upload",
                        label=word("add_files"),
                        file_count="multiple",
                        height=170,
                    )
                    _drawn("kinds")
                    activity = _drawn("activity")
                    folders = _drawn("folders", "act")
                    rebuild = gr.Button(cast(str, word("rebuild")), size="sm", elem_id="rebuild")
                    _drawn("rebuild-hint")
                with gr.Column(scale=8, min_width=300):
                    documents = _drawn("documents", "act")
            with gr.Tab(word("tab_overview"), id="overview") as overview_tab:
                _drawn("overview")
            with gr.Tab(word("tab_settings"), id="settings") as settings_tab:
                _drawn("settings")

        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        at_once = {**quiet, "queue": False}
        exchange = [box, chat, chats, conversation]
        asked: dict[str, Any] = {
            "inputs": [told, conversation],
            "outputs": exchange,
            "js": _WITH_REQUEST,
        }
        started = (
            box.submit(
                asking.begin, [box, told, conversation], exchange, js=_WITH_QUESTION, **at_once
            ),
            chat.act(asking.act, **asked, **at_once),
            examples.act(asking.act, **asked, **at_once),
            chats.act(asking.open, [told], exchange, js=_WITH_TOLD, **at_once),
            demo.load(asking.enter, **asked, **at_once),
        )
        following = [
            event.success(
                asking.follow,
                [conversation],
                [chat],
                concurrency_limit=_FOLLOWED_AT_ONCE,
                concurrency_id="answers",
                **quiet,
            )
            for event in started
        ]
        for event in following:
            event.success(asking.settle, [conversation], exchange, **at_once)
        box.stop(asking.stop, **asked, cancels=following, **at_once)
        # Another conversation is shown: the answer to the one before is written on unseen.
        chats.act(None, None, None, cancels=following, **at_once)

        shelves = [documents, examples, scope]
        in_turn = {"concurrency_limit": 1, "concurrency_id": "documents", **quiet}
        upload.upload(shelf.upload, [upload], [upload, activity, *shelves], **in_turn)
        rebuild.click(shelf.rebuild, None, [activity, *shelves], **in_turn)
        documents.act(shelf.act, None, [activity, *shelves], **in_turn)
        # A watched folder has changed something.
        folders.act(shelf.shelf, None, shelves, **at_once)
        documents_tab.select(shelf.shelf, None, shelves, **at_once)
        overview_tab.select(None, None, None, js="() => window.sanad.showOverview()")
        demo.load(shelf.shelf, None, shelves, **at_once)
        _rename_tabs(ask_tab, documents_tab, overview_tab, settings_tab)
    demo.queue(max_size=_QUEUE, api_open=False)
    return cast(gr.Blocks, demo)


def mount(app: FastAPI, demo: gr.Blocks, address: str = "") -> FastAPI:
    """Put the page at / and its script and style at /ui, beside the routes that `app` has.

    `address` is where all of that lies on the server.
    """
    address = quote(address)
    script = "".join([_start_script(address), *map(_text_of, _SCRIPTS)])
    style = "".join(map(_text_of, _STYLES))
    files = [file.read_bytes() for file in sorted(_STATIC.rglob("*")) if file.is_file()]
    version = hashlib.sha256(b"".join(files) + script.encode()).hexdigest()[:12]
    ours = f"/ui/{version}"
    app.mount(ours, KeptFiles(_STATIC, {"page.js": script, "page.css": style}), name="ui")
    # Gradio's own files carry a hash in their names too.
    app.mount("/assets", KeptFiles(_GRADIO_FILES), name="assets")
    # What is made anew for each page is compressed on its way, streams of events are not.
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_COMPRESSING, compresslevel=4)

    @app.get("/theme.css", include_in_schema=False)
    async def theme(v: str = "") -> Response:
        """Gradio's own answer, which the browser keeps as long as the hash in `v` is the same."""
        return Response(
            demo.theme_css,
            media_type="text/css",
            headers={"cache-control": FOR_GOOD} if v else None,
        )

    mounted = gr.mount_gradio_app(
        app,
        demo,
        path="/",
        i18n=gr.I18n(
            **{code: {key: words[code] for key, words in TEXTS.items()} for code in LANGUAGES}
        ),
        theme=_theme(),
        # The script comes before Gradio's own, so that it starts in the language of the page.
        head=(
            '<meta name="referrer" content="same-origin">'
            f'<link rel="stylesheet" href="{address}{ours}/page.css">'
            f'<script src="{address}{ours}/page.js"></script>'
        ),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,  # messages of errors hold paths of this machine
        allowed_paths=[],
        max_file_size=f"{LIMIT_MB}mb",
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
    )
    # Gradio checks the paths of files that a client names only in apps that were launched, and
    # mounting does not launch: without this line anybody could read any file of this machine.
    demo.has_launched = True
    return cast(FastAPI, mounted)


def _drawn(name: str, event: str = "") -> gr.HTML:
    """A part of the page that static/ draws from its JSON value; it may send `event`."""
    return gr.HTML(
        value=[],
        html_template=f'<div class="sanad-{name}"></div>',
        # Gradio does not wait for our scripts to have arrived.
        js_on_load=(
            "(function begin() {"
            " if (!window.sanad?.part) { setTimeout(begin, 20); return; }"
            f" window.sanad.part('{name}', element, props, watch,"
            f" (data) => trigger('{event}', data)); }})();"
        ),
        apply_default_css=False,
        elem_id=name,
    )


def _rename_tabs(*tabs: gr.Tab) -> None:
    """Names of tabs do not follow the language by themselves: app.js clicks these buttons."""
    for code in LANGUAGES:
        updates = [{"__type__": "update", "label": TEXTS[f"tab_{name}"][code]} for name in _TABS]
        button = gr.Button(visible="hidden", elem_id=f"tabs-in-{code}")
        button.click(None, None, list(tabs), js=f"() => {json.dumps(updates)}")


def _start_script(address: str) -> str:
    """What the scripts begin with: the texts, and where this page lies on the server."""
    texts = json.dumps(TEXTS, ensure_ascii=False)
    return f"window.sanadTexts = {texts};\nwindow.sanadAddress = {json.dumps(address)};\n"


def _text_of(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _theme() -> gr.themes.Default:
    return gr.themes.Default(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        font=_FONTS,
        font_mono=["monospace"],
    )
