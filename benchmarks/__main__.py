"""`make bench`: the benchmarks that need nothing but the project, one after the other."""

from __future__ import annotations

from benchmarks import (
    crash,
    embedding_speed,
    growth,
    memory,
    reading_speed,
    upkeep_speed,
)

for module in (embedding_speed, growth, upkeep_speed, reading_speed, crash, memory):
    print(f"\n# {(module.__doc__ or '').splitlines()[0]}", flush=True)
    module.main()
