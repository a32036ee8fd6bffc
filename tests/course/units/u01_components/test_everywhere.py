"""A ReplicaSet controller at every moment: the right decision survives, wrong ones are found."""

import pytest

from course.units.u01_components.everywhere import everywhere
from insideout.controllers.replicaset.controller import ReplicaSetController


def _by(reconcile):
    return lambda client, loop: ReplicaSetController(client, loop, reconcile=reconcile)


def test_the_clusters_own_decision_survives():
    assert everywhere(ReplicaSetController, executions=150)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda n, pods: (max(0, n - len(pods)), []), id="never deletes"),
        pytest.param(lambda n, pods: (0, [pod["metadata"]["name"] for pod in pods[n:]]), id="never creates"),
        pytest.param(lambda n, pods: (n, []), id="creates as if there were none"),
    ],
)
def test_a_wrong_decision_is_found(wrong):
    assert not everywhere(_by(wrong))
