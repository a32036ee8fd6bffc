"""Recreate waits until the last old Pod is gone."""

import pytest

from insideout.client import Object
from insideout.controllers.deployment import recreate
from insideout.controllers.deployment.sizes import ReplicaSetSize, Scaling

OLD, NEW = ReplicaSetSize("old", 1, 3, 3), ReplicaSetSize("new", 2, 0, is_new=True)


def test_the_old_goes_first() -> None:
    """Nothing new is started meanwhile."""
    assert recreate.plan(3, [OLD, NEW], old_pods_running=True) == [Scaling("old", 3, 0)]


def test_the_new_waits_for_old_pods() -> None:
    """A size of 0 does not mean that the Pods are gone."""
    assert recreate.plan(3, [OLD._replace(spec=0), NEW], old_pods_running=True) == []


def test_then_the_new_comes_all_at_once() -> None:
    """There is nothing left to keep available."""
    assert recreate.plan(3, [OLD._replace(spec=0), NEW], old_pods_running=False) == [Scaling("new", 0, 3)]


@pytest.mark.parametrize(
    ("pod", "running"),
    [
        ({"metadata": {}, "status": {"phase": "Running"}}, True),
        ({"metadata": {"deletionTimestamp": "t"}, "status": {"phase": "Running"}}, True),
        ({"metadata": {}, "status": {"phase": "Failed"}}, False),
    ],
)
def test_terminating_pods_count_and_finished_ones_do_not(pod: Object, running: bool) -> None:
    """What may still be at work holds the new ones back."""
    assert recreate.old_pods_running([{"status": {}}], [pod]) is running
