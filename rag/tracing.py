"""Spans of OpenTelemetry, for those who have its SDK and say where they go; else they go nowhere.

    sanad.request   one request of the web server      ui.request_log
    sanad.answer    one answer of an event loop, from its search to its last word
    sanad.search    the search for a question

Only names, numbers and addresses go into them: no text of questions, answers or documents, and of
errors only their kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

try:
    from opentelemetry import propagate, trace
except ImportError:  # it comes along with another package, which may do without it one day
    trace = None  # type: ignore[assignment]


class Span:
    """What is being measured; takes facts that are known only later."""

    def __init__(self, span: trace.Span | None = None) -> None:
        self._span = span

    def note(self, name: str, value: str | int) -> None:
        """Add a fact."""
        if self._span is not None:
            self._span.set_attribute(name, value)


@contextmanager
def span(name: str, headers: Mapping[str, str] | None = None) -> Iterator[Span]:
    """Measure what happens within; `headers` of a request may say what it is a part of."""
    if trace is None:
        yield Span()
        return
    parent = propagate.extract(headers) if headers is not None else None
    kind = trace.SpanKind.INTERNAL if headers is None else trace.SpanKind.SERVER
    tracer = trace.get_tracer("sanad")
    # The words of an error could hold text of a document: only its kind is told, below.
    with tracer.start_as_current_span(
        name, parent, kind, record_exception=False, set_status_on_exception=False
    ) as begun:
        try:
            yield Span(begun)
        except Exception as error:
            begun.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise
