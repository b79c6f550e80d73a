"""The documentation of the API as one page, made of its schema.

It is HTML alone: the page's content security policy lets no inline script run and no other host
be asked, and it is to be read without a network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from ui.http.events import EVENT_STREAM

Schema = Mapping[str, Any]

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.6;
  font-family: "Segoe UI", Tahoma, sans-serif; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .3rem; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, Consolas, monospace; font-size: .9rem; }
pre { padding: .7rem 1rem; overflow-x: auto; border: 1px solid #8886; border-radius: 8px; }
table { border-collapse: collapse; }
td, th { padding: .2rem .9rem .2rem 0; text-align: start; vertical-align: top; }
.method { display: inline-block; min-width: 4.5rem; color: #0f766e; font-weight: 700; }
@media (prefers-color-scheme: dark) { .method { color: #2dd4bf; } }
"""


def add_documentation(api: FastAPI) -> None:
    """Add GET /docs."""

    @api.get("/docs", include_in_schema=False)
    async def documentation() -> HTMLResponse:
        """What every address takes and gives."""
        return HTMLResponse(page_of(api.openapi()))


def page_of(schema: Schema) -> str:
    """The page about the addresses of an OpenAPI schema."""
    operations = [
        _operation(schema, path, method, told)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
    title = escape(f"{schema['info']['title']}: HTTP API, version {schema['info']['version']}")
    about = escape(" ".join(schema["info"].get("description", "").split()))
    error = _example(schema, {"$ref": "#/components/schemas/ErrorReply"})
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><h1>{title}</h1><p>{about}</p>
<p>For programs: <a href="openapi.json">openapi.json</a>. Whatever cannot be done is answered
like this:</p>{_json(error)}
{"".join(operations)}</body></html>
"""


def _operation(schema: Schema, path: str, method: str, told: Schema) -> str:
    parts = [
        f'<h2><span class="method">{escape(method.upper())}</span>'
        f" <code>{escape(path)}</code></h2>",
        f"<p>{escape(' '.join(told.get('description', '').split()))}</p>",
    ]
    rows = [
        _row(given["name"], given["schema"], given.get("description", ""))
        for given in told.get("parameters", ())
    ]
    if rows:
        parts.append(f"<table>{''.join(rows)}</table>")
    for kind, content in told.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Takes <code>{escape(kind)}</code></p>")
        if kind == "application/json":
            parts.append(_json(_example(schema, content["schema"])))
    for status, answer in told["responses"].items():
        if int(status) < 300:
            parts.append(_answer(schema, status, answer))
    failures = [
        f"<tr><th>{escape(status)}</th><td>{escape(answer.get('description', ''))}</td></tr>"
        for status, answer in told["responses"].items()
        if int(status) >= 400
    ]
    if failures:
        parts.append(
            f"<details><summary>Errors</summary><table>{''.join(failures)}</table></details>"
        )
    return "".join(parts)


def _answer(schema: Schema, status: str, answer: Schema) -> str:
    said = [f"<p>Gives {escape(status)}: {escape(answer.get('description', ''))}</p>"]
    for kind, content in answer.get("content", {}).items():
        if kind == "application/json" and content.get("schema"):
            said.append(_json(_example(schema, content["schema"])))
        elif kind != EVENT_STREAM:
            said.append(f"<p><code>{escape(kind)}</code></p>")
    return "".join(said)


def _row(name: str, kind: Schema, said: str) -> str:
    limits = [
        f"{words} {kind[key]}"
        for key, words in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("maxLength", "characters, at most"),
            ("default", "left out:"),
        )
        if kind.get(key) not in (None, "")
    ]
    if "enum" in kind:
        limits.append(" | ".join(map(str, kind["enum"])))
    told = escape("; ".join([said, *limits] if said else limits))
    return f"<tr><th><code>{escape(name)}</code></th><td>{told}</td></tr>"


def _json(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"


def _example(schema: Schema, kind: Schema) -> Any:  # noqa: ANN401 - any JSON value
    """A value of that kind, made of the examples in the schema."""
    if "$ref" in kind:
        return _example(schema, schema["components"]["schemas"][kind["$ref"].rpartition("/")[2]])
    if kind.get("examples"):
        return kind["examples"][0]
    if "default" in kind:
        return kind["default"]
    if "enum" in kind or "const" in kind:
        return kind["const"] if "const" in kind else kind["enum"][0]
    if "anyOf" in kind:
        return _example(schema, kind["anyOf"][0])
    if kind.get("type") == "array":
        return [_example(schema, kind["items"])]
    return {name: _example(schema, its) for name, its in kind.get("properties", {}).items()}
