"""Who gets in, where, and to do what: the entrance of the server, over every address there is."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from starlette.routing import BaseRoute, Mount, Route

from index.collection import collections_of, remove_collection
from rag import Assistant
from tests.conftest import OpenLibrary
from tests.live import listening
from tests.scripted import ScriptedLLM
from ui.access import NOBODY, Access, Role
from ui.conversation import Conversation
from ui.people.login import COOKIE
from ui.people.people import EVERYWHERE
from ui.rules import is_allowed, is_open
from ui.site import WebApp

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
LAW = "قانون العمل"
LAW_AT = f"/c/{quote(LAW)}"
WORD = "Zanzibar"
"""A word that stands in the documents of the law alone, and in the name of one of them."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "pond.md").write_text("The pond is two metres deep.", encoding="utf-8")
    (folder / f"{WORD}.md").write_text(f"The court of {WORD} takes fifty dinars.", encoding="utf-8")
    main = open_library(folder / "store")
    main.add(folder / "pond.md")
    law = main.beside(folder / "store" / "collections" / LAW)
    law.add(folder / f"{WORD}.md")
    law.close()
    return folder / "store"


@dataclass(frozen=True)
class Site:
    """A server that listens, and its address."""

    app: WebApp
    url: str

    def client(self, name: str = "") -> httpx.Client:
        """A program with that person's token; of nobody's without a name."""
        token = self.app.people.issue_token(name) if name else "sanad-guessed"
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {token}"})

    def browser(self, name: str, password: str = PASSWORD) -> tuple[httpx.Client, httpx.Response]:
        """Somebody at the login, and the answer to what they typed."""
        client = httpx.Client(base_url=self.url, headers={"accept": "text/html"})
        return client, client.post("/login", data={"name": name, "password": password})


@contextmanager
def serving(
    store: Path,
    open_library: OpenLibrary,
    *,
    host: str = "127.0.0.1",
    login: bool = False,
    public_url: str = "",
) -> Iterator[Site]:
    library = open_library(store)
    assistant = Assistant(library, llm=ScriptedLLM("The pond is two metres deep."))
    with (
        closing(WebApp(library, assistant, host, login=login, public_url=public_url)) as app,
        listening(app) as url,
    ):
        yield Site(app, url)


@pytest.fixture(scope="module")
def site(store: Path, open_library: OpenLibrary) -> Iterator[Site]:
    with serving(store, open_library, login=True) as site:
        people = site.app.people
        people.add("Sara", PASSWORD, {EVERYWHERE: "owner"})
        people.add("Omar", PASSWORD, {LAW: "reader"})
        people.add("Lena", PASSWORD, {"": "editor"})
        people.add("Nadia", PASSWORD, {"": "owner"})
        people.add("Guest", PASSWORD, {})
        yield site


def addresses(site: Site) -> list[tuple[str, str]]:
    """Every method and address of a collection's application, filled in with something."""
    found: set[tuple[str, str]] = set()

    def walk(routes: Sequence[BaseRoute], before: str) -> None:
        for route in routes:
            if isinstance(route, Mount):
                walk(route.routes, before + route.path)
            elif isinstance(route, Route):
                path = before + re.sub(r"{[^}]*}", "1", route.path)
                if path in ("/login", "/logout"):
                    continue  # Gradio's own, which ours stand before
                found.update((method, path) for method in route.methods or ())

    walk(site.app.main.routes, "")
    return sorted(found)


# -- nobody --------------------------------------------------------------------------------------


def test_whoever_says_nothing_gets_nothing(site: Site) -> None:
    nobody = site.client()
    nobody.headers["authorization"] = "Bearer sanad-guessed"
    checked = 0
    for method, path in addresses(site):
        for place in ("", LAW_AT, "/c/nothing-there"):
            if place or not is_open(path):
                answer = nobody.request(method, place + path)
                assert answer.status_code == 401, (method, path)
                checked += 1
    assert checked > 100


def test_a_page_leads_to_the_login_and_back(site: Site) -> None:
    client = httpx.Client(base_url=site.url, headers={"accept": "text/html"})
    answer = client.get(f"{LAW_AT}/")
    assert answer.status_code == 303
    login = answer.headers["location"]
    assert client.get(login).status_code == 200
    there = client.post(login, data={"name": "sara", "password": PASSWORD})
    assert there.status_code == 303
    assert there.headers["location"] == f"{LAW_AT}/"
    assert client.get(f"{LAW_AT}/").status_code == 200


@pytest.mark.parametrize(
    "following",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nb", "/logout"],
)
def test_the_login_leads_to_no_other_place(site: Site, following: str) -> None:
    client = httpx.Client(base_url=site.url)
    answer = client.post(
        f"/login?next={quote(following, safe='')}", data={"name": "Sara", "password": PASSWORD}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_the_cookie_is_for_the_browser_alone(site: Site) -> None:
    _, answer = site.browser("Sara")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # this server is reached without encryption


def test_logging_out_ends_the_session_everywhere(site: Site) -> None:
    client, _ = site.browser("Sara")
    token = client.cookies[COOKIE]
    assert client.get("/page/access").json()["person"] == "Sara"
    assert client.get("/logout").status_code == 303  # a link or a picture ends nothing
    assert client.get("/page/access").status_code == 200
    assert client.post("/logout").headers["location"] == "/login"
    client.cookies.set(COOKIE, token)
    client.headers["accept"] = "application/json"
    assert client.get("/page/access").status_code == 401


def test_logging_in_again_ends_the_session_before(site: Site) -> None:
    client, _ = site.browser("Sara")
    first = client.cookies[COOKIE]
    client.post("/login", data={"name": "Omar", "password": PASSWORD})
    assert client.cookies[COOKIE] != first
    assert site.app.people.session(first) is None


def test_guessing_is_slowed_down(store: Path, open_library: OpenLibrary) -> None:
    with serving(store, open_library, login=True) as site:
        for _ in range(10):  # each doubles the waiting
            assert site.browser("Sara", "a wrong guess")[1].status_code in (401, 429)
            site.app.login.throttle.failed("name sara")
        _, answer = site.browser("Sara")  # also with the right one
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 1


def test_foreign_pages_cannot_log_anybody_in_or_out(site: Site) -> None:
    client, _ = site.browser("Sara")
    for path in ("/login", "/logout"):
        foreign = client.post(path, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
    assert client.get("/page/access").status_code == 200


# -- somebody -------------------------------------------------------------------------------------


def test_what_one_collection_holds_is_nowhere_else(site: Site) -> None:
    """Everything that can be got, as somebody without a right there, never holds the secret."""
    lena, nobody = site.client("Lena"), site.client("Guest")
    checked = 0
    for method, path in addresses(site):
        if is_open(path) or path == "/":
            continue
        for client, place in ((lena, LAW_AT), (nobody, LAW_AT), (nobody, "")):
            answer = client.request(method, place + path, params={"q": WORD})
            assert answer.status_code == 404, (method, place + path)
            assert answer.text == client.request(method, f"/c/none{path}").text
            checked += 1
    assert checked > 100
    for client in (lena, site.client("Sara")):
        got = [
            client.get(path, params={"q": WORD, "document": f"{WORD}.md", "search": WORD})
            for method, path in addresses(site)
            if method == "GET" and "/gradio_api/" not in path
        ]
        asked = client.post("/v1/chat/completions", json=chat(f"What does {WORD} take?"))
        assert asked.status_code == 200
        for answer in [*got, asked]:
            said = answer.text.replace(f"What does {WORD} take?", "")
            names = json.dumps({"query": WORD})[1:-1]
            assert WORD not in said.replace(names, "").replace(f'"query":"{WORD}"', "")


def test_who_may_enter_finds_it(site: Site) -> None:
    omar = site.client("Omar")
    assert WORD in omar.get(f"{LAW_AT}/page/documents").text
    told = omar.get(f"{LAW_AT}/page/access").json()
    assert (told["person"], told["role"], told["serves"]) == ("Omar", "reader", False)
    assert [each["name"] for each in told["collections"]] == [LAW]
    assert omar.get("/").headers["location"] == f"{LAW_AT}/"
    assert omar.get(LAW_AT).headers["location"] == f"{LAW_AT}/"
    sara = site.client("Sara").get("/page/access").json()
    assert [each["name"] for each in sara["collections"]] == ["main", LAW]
    guest = site.client("Guest").get("/")
    assert guest.status_code == 403 and "Guest" in guest.text
    assert 'action="/logout"' in guest.text


def test_conversations_are_a_person_s_own(site: Site) -> None:
    kept = Conversation()
    kept.ask("What may nobody else read?").text = "This."
    site.app.main._chats.save(site.app.people.find("Lena").id, kept)
    lena = site.client("Lena").get("/page/chats").json()["chats"]
    assert [each["id"] for each in lena] == [kept.id]
    assert site.client("Nadia").get("/page/chats").json() == {"chats": []}
    sara = site.client("Sara")
    assert sara.get(f"/page/chats/{kept.id}/export?format=json").status_code == 404


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("reader", ["POST /gradio_api/upload", "POST /api/v1/documents", "GET /page/ratings",
                    "PUT /page/llm", "POST /page/models/x/download", "GET /api/v1/metrics",
                    "POST /api/v1/rebuild", "DELETE /anything", "POST /page/anything"]),
        ("editor", ["GET /page/ratings", "PUT /page/llm", "POST /api/v1/sync",
                    "GET /page/folders", "DELETE /page/models/download", "POST /anything"]),
        ("owner", ["PUT /page/llm", "GET /api/v1/metrics", "GET /api/v1/folders",
                   "POST /page/models/x/download", "POST /page/llm/trial"]),
    ],
)  # fmt: skip
def test_what_a_role_does_not_allow(role: Role, refused: list[str]) -> None:
    access = Access("Omar", role, id="x")
    for request in refused:
        method, path = request.split()
        assert not is_allowed(access, method, path), request
        assert is_allowed(Access(role="owner", serves=True), method, path), request
        assert not is_allowed(NOBODY, method, path)
    assert is_allowed(access, "GET", "/")
    assert is_allowed(access, "POST", "/gradio_api/queue/join")
    assert is_allowed(access, "POST", "/v1/chat/completions")


def test_roles_are_kept_to_by_the_server(site: Site) -> None:
    omar, nadia = site.client("Omar"), site.client("Nadia")
    uploaded = {"files": ("x.md", b"# X", "text/markdown")}
    assert omar.post(f"{LAW_AT}/gradio_api/upload", files=uploaded).status_code == 403
    assert omar.put(f"{LAW_AT}/page/llm", json={}).status_code == 403
    assert nadia.put("/page/llm", json={}).status_code == 403  # an owner, but not of everything
    assert nadia.get("/page/settings").json()["changeable"] is False
    sara = site.client("Sara")
    assert sara.get("/page/settings").json()["changeable"] is True
    assert sara.put("/page/llm", json={}).status_code == 422  # let in, and then understood


def test_events_of_the_page_look_at_the_role(site: Site) -> None:
    """Gradio's events come to one address, whatever they do."""
    omar = site.client("Omar")
    config = omar.get(f"{LAW_AT}/config").json()
    rebuild = next(
        each["id"]
        for each in config["dependencies"]
        if any(target[1] == "click" for target in each["targets"]) and each["backend_fn"]
    )
    joined = omar.post(
        f"{LAW_AT}/gradio_api/queue/join",
        json={"data": [], "fn_index": rebuild, "session_hash": "omar"},
    )
    assert joined.status_code == 200
    told = omar.get(f"{LAW_AT}/gradio_api/queue/data", params={"session_hash": "omar"}).text
    assert "Your role here does not allow this" in told


# -- this machine, other machines, and a proxy ---------------------------------------------------


def test_on_this_machine_nobody_has_to_log_in(store: Path, open_library: OpenLibrary) -> None:
    with serving(store, open_library) as site, httpx.Client(base_url=site.url) as client:
        told = client.get("/page/access").json()
        assert (told["person"], told["role"], told["serves"]) == (None, "owner", True)
        assert [each["name"] for each in told["collections"]] == ["main", LAW]
        assert WORD in client.get(f"{LAW_AT}/page/documents").text
        assert client.get("/login").headers["location"] == "/"


def test_insecure_lets_in_whoever_comes_but_not_to_the_server_s_own(
    store: Path, open_library: OpenLibrary
) -> None:
    host = "192.0.2.1"
    with serving(store, open_library, host=host) as site:
        client = httpx.Client(base_url=site.url, headers={"host": host})
        told = client.get("/page/access").json()
        assert (told["role"], told["serves"]) == ("editor", False)
        assert client.put("/page/llm", json={}).status_code == 403


@pytest.mark.parametrize("taken_off", [True, False])
def test_a_proxy_may_serve_it_below_a_path(
    store: Path, open_library: OpenLibrary, taken_off: bool
) -> None:
    url = "https://sanad.example.org/books"
    with (
        serving(store, open_library, login=True, public_url=url) as site,
        httpx.Client(base_url=site.url, headers={"host": "sanad.example.org"}) as client,
    ):
        base = "" if taken_off else "/books"
        client.headers["accept"] = "text/html"
        assert client.get(f"{base}/").headers["location"].startswith("/books/login?next=")
        answer = client.post(f"{base}/login", data={"name": "Sara", "password": PASSWORD})
        assert answer.headers["location"] == "/books/"
        cookie = answer.headers["set-cookie"]
        assert "Path=/books/" in cookie and "Secure" in cookie
        client.headers["cookie"] = cookie.partition(";")[0]
        page = client.get(f"{base}{LAW_AT}/").text
        script = re.search(rf'src=.?"(/books{LAW_AT}/ui/[0-9a-f]+/page.js)', page)
        assert script is not None
        path = script[1].removeprefix("/books") if taken_off else script[1]
        assert f'sanadAddress = "/books{LAW_AT}"' in client.get(path).text
        assert WORD in client.get(f"{base}{LAW_AT}/page/documents").text


def test_other_names_are_not_answered_to(store: Path, open_library: OpenLibrary) -> None:
    with serving(store, open_library, login=True) as site:
        assert httpx.get(site.url, headers={"host": "evil.example"}).status_code == 403


def chat(question: str) -> dict[str, Any]:
    return {"model": "sanad", "messages": [{"role": "user", "content": question}]}


def test_tokens_serve_any_client(site: Site) -> None:
    token = site.app.people.issue_token("Lena")
    lena = httpx.Client(base_url=site.url, headers={"authorization": f"bearer {token}"})
    assert lena.get("/v1/models").status_code == 200
    site.app.people.revoke_tokens("Lena")
    assert lena.get("/v1/models").status_code == 401


def test_mcp_keeps_to_the_same_rights(site: Site) -> None:
    async def used(name: str, place: str, question: str) -> tuple[set[str], str]:
        token = site.app.people.issue_token(name)
        headers = {"authorization": f"Bearer {token}"}
        async with (
            create_mcp_http_client(headers=headers) as http,
            Client(streamable_http_client(f"{site.url}{place}/mcp", http_client=http)) as client,
        ):
            tools = {tool.name for tool in (await client.list_tools()).tools}
            found = await client.call_tool("search", {"query": question})
            listed = await client.call_tool("list_documents", {})
            resources = await client.list_resources()
            return tools, f"{found.content} {listed.content} {resources.resources}"

    tools, said = asyncio.run(used("Omar", LAW_AT, "What does the court take?"))
    assert "add_document" not in tools and WORD in said
    tools, said = asyncio.run(used("Lena", "", "What does the court take?"))
    assert "add_document" in tools and WORD not in said
    with pytest.raises(Exception):  # noqa: B017 - whatever the SDK makes of a 404
        asyncio.run(used("Lena", LAW_AT, "What does the court take?"))


def test_a_collection_made_again_is_another_one(store: Path, open_library: OpenLibrary) -> None:
    with serving(store, open_library) as site, httpx.Client(base_url=site.url) as client:
        library = open_library(store)
        folder = store / "collections" / "short-lived"
        for word in ("first", "second"):
            made = library.beside(folder)
            made.add_text(word, f"This is the {word} text.")
            made.close()
            assert word in client.get("/c/short-lived/page/documents").text
            assert (
                client.get("/c/short-lived/api/v1/search", params={"q": word}).json()["hits"][0][
                    "document"
                ]
                == word
            )
            remove_collection(store, "short-lived")
            assert client.get("/c/short-lived/page/documents").status_code == 404
        assert collections_of(store) == [LAW]
