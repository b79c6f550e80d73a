"""The web page in Chromium: how heavy it is, and how soon something can be done with it.

Of a store with the sample documents and of stores with thousands of small ones (their vectors are
by chance; the language model is not asked). Each figure is the median of three loads: cold in a
browser that has never seen the page, warm when the same browser loads it again. "useful" is when
the question box takes letters and the welcome and the line of the scope are drawn; "event" the
longest that the server took over an event of that load. What is done in the page afterwards is
timed from the click to the next frame that shows what was wanted. All in milliseconds.

`python -m benchmarks.page_speed 0 3000` names the stores by their documents; 0 is the samples.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.random_store import fill
from benchmarks.texts import SAMPLES, document
from index import Document, Library
from index.text.sentences import text_language
from index.types import Heading
from tests.chromium import chromium
from tests.live import live
from tests.scripted import ScriptedLLM

STORES = (0, 3_000)
LOADS = 3
DOCUMENTS_A_FOLDER = 100
EVENTS = "/gradio_api/"
WATCH = """
(function look() {
  const box = document.querySelector("#question textarea");
  if (box && !box.disabled && box.offsetParent && document.querySelector("#chat .welcome")
      && document.querySelector(".scope-line")) {
    window.usefulAt = performance.now();
  } else requestAnimationFrame(look);
})();
"""
FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
TIMED = """
async ([act, shown]) => {
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  const began = performance.now();
  new Function(act)();
  const there = new Function(`return ${shown}`);
  do await frame(); while (!there());
  await frame();
  return performance.now() - began;
}
"""
TAB = "open the Documents tab"
# What is done, and when it is seen to be done.
ACTS = {
    TAB: (
        "document.querySelectorAll('[role=tab]')[1].click()",
        "document.querySelector('#documents tbody tr')?.offsetParent",
    ),
    "search in it": (
        "const box = document.querySelector('#documents input[type=search]');"
        "box.value = '17'; box.dispatchEvent(new Event('input'))",
        "[...document.querySelectorAll('#documents tbody td.name a')]"
        ".every((name) => name.textContent.includes('17'))",
    ),
    "choose documents": (
        "document.querySelector('.scope-line button').click()",
        "document.querySelector('.sanad-dialog[open] .choice')",
    ),
}


@dataclass(slots=True)
class Load:
    """What one load took: requests, kilobytes (of them ours), milliseconds."""

    requests: float = 0
    kilobytes: float = 0
    ours: float = 0
    events: float = 0
    foreign: float = 0
    paint: float = 0
    useful: float = 0
    event: float = 0


@dataclass
class Network:
    """What a page fetches, told by the browser itself."""

    home: str
    load: Load = field(default_factory=Load)
    _asked: dict[str, str] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        told = page.context.new_cdp_session(page)
        told.on("Network.requestWillBeSent", self._begun)
        told.on("Network.responseReceived", self._answered)
        told.on("Network.loadingFinished", self._finished)
        told.send("Network.enable")

    def _begun(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith(("data:", "blob:")):
            return
        self._asked[event["requestId"]] = url
        self.load.foreign += urlsplit(url).netloc != self.home

    def _answered(self, event: dict[str, Any]) -> None:
        answer, id_ = event["response"], event["requestId"]
        if id_ not in self._asked:
            return
        if answer.get("fromDiskCache") or not answer.get("timing"):
            del self._asked[id_]  # it came out of the browser's own memory
            return
        self.load.requests += 1
        if EVENTS in self._asked[id_] and event["response"]["mimeType"] == "application/json":
            timing = answer["timing"]
            took = timing["receiveHeadersEnd"] - timing["sendEnd"]
            self.load.event = max(self.load.event, took)

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._asked.get(event["requestId"])
        if url is None:
            return
        kilobytes = event["encodedDataLength"] / 1000
        self.load.kilobytes += kilobytes
        if urlsplit(url).path.startswith("/ui/"):
            self.load.ours += kilobytes
        if EVENTS in url:
            self.load.events += kilobytes


def main(stores: tuple[int, ...] = STORES) -> None:
    for documents in stores:
        with tempfile.TemporaryDirectory() as folder:
            library = Library.open(Path(folder) / "store")
            if documents:
                fill(library, _documents(documents))
            else:
                library.add(sorted(SAMPLES.glob("*.md")))
            with live(library, ScriptedLLM("")) as url, chromium() as browser:
                print(f"{len(library.documents())} documents", flush=True)
                _show(browser, url)
            library.close()


def _documents(count: int) -> Iterator[tuple[str, Document]]:
    for number in range(count):
        title = f"Rules of department {number}"
        text = f"{title}\n\n{document(number, 60)}"
        name = f"{number:04}-rules-of-department.md"
        made = Document(name, text, text_language(text), headings=(Heading(1, 0, len(title)),))
        yield f"/library/folder-{number // DOCUMENTS_A_FOLDER}/{name}", made


def _show(browser: Browser, url: str) -> None:
    loads: dict[str, list[Load]] = {"cold": [], "warm": []}
    acts: dict[str, list[float]] = {name: [] for name in ACTS}
    _loaded(browser.new_page(), url)  # the server's own first time is not the page's
    for _ in range(LOADS):
        context = browser.new_context(locale="en", viewport={"width": 1280, "height": 860})
        for kind, done in (("cold", ["choose documents"]), ("warm", [TAB, "search in it"])):
            page = context.new_page()
            loads[kind].append(_loaded(page, url))
            for name in done:
                acts[name].append(float(page.evaluate(TIMED, list(ACTS[name]))))
                page.wait_for_timeout(500)
            page.close()
        context.close()
    names = [one.name for one in fields(Load)]
    print(f"{'':6}" + "".join(f"{name:>11}" for name in names))
    for kind, measured in loads.items():
        medians = [statistics.median(getattr(load, name) for load in measured) for name in names]
        print(f"{kind:6}" + "".join(f"{median:11.0f}" for median in medians))
    for name, took in acts.items():
        print(f"{name:24} {statistics.median(took):6.0f} ms")


def _loaded(page: Page, url: str) -> Load:
    network = Network(urlsplit(url).netloc)
    network.listen(page)
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function("window.usefulAt")
    page.wait_for_timeout(1_000)  # what comes later is weighed too
    return replace(
        network.load,
        useful=float(page.evaluate("window.usefulAt")),
        paint=float(page.evaluate(FIRST_PAINT)),
    )


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or STORES)
