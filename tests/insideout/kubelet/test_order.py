"""Another order of starting and stopping can be put in a node's place of its own."""

from typing import Any

import pytest

from .conftest import FakeHost

SPEC = {
    "initContainers": [
        {"name": "s1", "image": "i", "restartPolicy": "Always"},
        {"name": "s2", "image": "i", "restartPolicy": "Always"},
    ],
    "containers": [{"name": "main", "image": "i"}],
}


def test_init_containers_start_as_the_order_says(host: FakeHost):
    """Both at once here, and the main one with them, as no kubelet would."""
    asked: list[Any] = []

    def all_at_once(kinds: list[str], states: list[str], main_running: bool) -> tuple[list[int], bool]:
        asked.append((kinds, states, main_running))
        return [index for index, state in enumerate(states) if state == "none"], True

    host.order.start_by(all_at_once)
    worker = host.run(SPEC)
    host.loop.run(1)
    assert asked[0] == (["side", "side"], ["none", "none"], False)
    assert [c.process.started_s for c in worker.containers if c.process] == [0, 0, 0]


def test_sidecars_stop_as_the_order_says(host: FakeHost):
    """It is asked once, with the seconds that each container needs."""
    asked: list[Any] = []

    def first_to_last(mains: list[int], sidecars: list[int], grace_s: int) -> list[int]:
        asked.append((mains, sidecars, grace_s))
        return [1, 4]

    host.order.stop_by(first_to_last)
    worker = host.run(SPEC, {"s1": "stop 2s", "s2": "ignore-stop", "main": "stop 5s"})
    host.loop.run(1)
    worker.stop(30)
    host.loop.run(60)
    assert asked == [([5], [2, 24 * 3600], 30)]
    told = {c.name: c.process.told_s - 1 for c in worker.containers if c.process and c.process.told_s}
    assert told == {"main": 0, "s1": 1, "s2": 4}


@pytest.mark.parametrize("answer", [None, [0], ([9], True), ([0], "yes"), (0, True)])
def test_a_start_order_that_cannot_be_used_is_an_error(host: FakeHost, answer: Any):
    """It says what to give."""
    host.order.start_by(lambda *_: answer)
    host.run(SPEC)
    with pytest.raises(ValueError, match="indices of init containers"):
        host.loop.run(1)


@pytest.mark.parametrize("answer", [None, [0], [0, "1"], {"s1": 0, "s2": 1}])
def test_a_stop_order_that_cannot_be_used_is_an_error(host: FakeHost, answer: Any):
    """It says what to give."""
    host.order.stop_by(lambda *_: answer)
    worker = host.run(SPEC)
    host.loop.run(1)
    with pytest.raises(ValueError, match="the stop order gave"):
        worker.stop(30)
