"""The models as the command line lists them: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from index import models
from index.models.machine import Machine
from ui.cli_strings import language, text
from ui.model_state import good_for


def models_json(states: Iterable[models.ModelState], machine: Machine) -> dict[str, Any]:
    """Every model and this machine, as JSON values; sizes in bytes."""
    best = models.recommended(machine)
    rows = [
        {
            "name": state.model.name,
            "kind": state.model.kind,
            "licence": state.model.licence,
            "terms": state.model.terms,
            "bytes": state.model.bytes,
            "memory": state.model.memory or None,
            "cores": state.model.cores,
            "languages": list(state.model.languages),
            "summary": state.model.summary,
            "recommended": state.model == best,
            "path": str(state.path) if state.path else None,
        }
        for state in states
    ]
    return {"models": rows, "machine": asdict(machine)}


def models_lines(states: Iterable[models.ModelState], machine: Machine) -> Iterator[str]:
    """Every model, then which one is recommended for this machine and how to use it."""
    best = models.recommended(machine)
    for state in states:
        model = state.model
        facts = [text(f"model_{model.kind}"), model.licence]
        if model.memory:
            memory = _short(model.memory / 1e9)
            facts.append(text("model_memory", memory=memory, cores=model.cores))
        yield f"{model.name} ({text('comma').join(facts)})"
        yield f"   {good_for(model)[language()]}"
        yield f"   {_where(state)}"
    yield ""
    if machine.memory:
        memory = _short(machine.memory / (1 << 30))  # as memory is sold
        yield text("machine", memory=memory, cores=machine.cores)
    if best is not None:
        yield text("model_recommended", name=best.name)
        there = any(state.path for state in states if state.model == best)
        yield text("model_use" if there else "model_pull_and_use", name=best.name)


def _where(state: models.ModelState) -> str:
    model = state.model
    if state.path is not None:
        return text("model_here", path=state.path)
    if model.bytes is None:
        return text("model_absent_unmeasured", name=model.name)
    return text("model_absent", size=model.bytes // 1_000_000, name=model.name)


def _short(value: float) -> str:
    """With a digit behind the point where it says something."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")
