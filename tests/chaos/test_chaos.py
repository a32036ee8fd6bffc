"""Whatever happens, and whoever crashes: when it is quiet, the state is what the specs demand.

A failing seed is printed with its history, and repeats: `CHAOS_SEEDS=17 pytest tests/chaos` runs seed 17
alone, `CHAOS_SEEDS=0-99` a hundred.
"""

import os

import pytest

from tests.chaos.demands import violations
from tests.chaos.world import World

ACTIONS = 120
LONGEST_PAUSE_S = 120.0
QUIET_S = 1500.0
"""Longer than the five minutes' toleration, and than the longest back-offs that a run builds up."""


def seeds() -> list[int]:
    """Return the seeds to run."""
    first, _, last = os.environ.get("CHAOS_SEEDS", "0-3").partition("-")
    return list(range(int(first), int(last or first) + 1))


def shaken(seed: int, actions: int = ACTIONS) -> World:
    """Return a cluster after a random past, quiet again."""
    world = World(seed)
    world.shake(actions, LONGEST_PAUSE_S)
    world.calm_down(QUIET_S)
    return world


@pytest.mark.parametrize("seed", seeds())
def test_the_state_is_what_the_specs_demand(seed: int) -> None:
    """After creations, updates, deletions, node failures, crashes and lost answers."""
    world = shaken(seed)
    found = list(violations(world))
    past = "\n".join(world.history)
    assert not found, f"seed {seed}:\n{past}\n\nwrong:\n" + "\n".join(found)


def test_a_seed_has_one_history() -> None:
    """Twice the same run, down to the last version of every object."""
    first, second = shaken(1, 30), shaken(1, 30)
    assert first.history == second.history
    assert first.backend.server.store.revision == second.backend.server.store.revision
    for resource in ("pods", "events", "replicasets", "endpointslices"):
        assert first.user.list(resource) == second.user.list(resource)


def test_a_violation_is_noticed() -> None:
    """A Pod that a dead kubelet keeps, for example."""
    world = shaken(2, 20)
    world.nodes.stop()
    world.user.create(
        "deployments",
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "late", "namespace": "red"},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": {"app": "late"}},
                "template": {
                    "metadata": {"labels": {"app": "late"}},
                    "spec": {"containers": [{"name": "c", "image": "i"}]},
                },
            },
        },
    )
    world.loop.run(5)
    assert any("late" in violation for violation in violations(world))
