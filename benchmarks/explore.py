"""The explorer: executions a second of one core, in a small scenario.

The scenario is that of the tests: a custom resource with two children, a thing outside, a status and a
finalizer; a user who creates it, changes it and deletes it.
"""

import time
from collections.abc import Iterator

from insideout.explore import explore
from tests.insideout.explore.right import RIGHT
from tests.insideout.explore.shop import scenario

BUDGET = 1000


def executions() -> Iterator[str]:
    """Seconds for 1,000 executions, for each style of controller."""
    for name, factory in RIGHT.items():
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        verdict = explore(factory, scenario(), budget=BUDGET)
        cpu_s, wall_s = time.process_time() - began_cpu_s, time.perf_counter() - began_s
        yield (
            f"{name}: {verdict.executions:,} executions in {cpu_s:.1f} s of a core, {wall_s:.1f} s in all "
            f"(limit 10 s); {verdict.search.states:,} states"
        )
