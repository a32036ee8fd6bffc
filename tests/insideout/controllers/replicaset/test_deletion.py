"""A ReplicaSet removes first what it will miss least."""

from datetime import UTC, datetime, timedelta

import pytest

from insideout.apimachinery import timestamps
from insideout.client import Object
from insideout.controllers.replicaset import deletion

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pod(
    uid: str,
    *,
    node: str = "n",
    phase: str = "Running",
    ready: bool = True,
    ready_for_s: int = 1000,
    age_s: int = 1000,
    cost: str = "",
    restarts: int = 0,
) -> Object:
    """Return a Pod that has been ready for `ready_for_s` seconds."""
    return {
        "metadata": {
            "uid": uid,
            "creationTimestamp": timestamps.seconds(NOW - timedelta(seconds=age_s)),
            "annotations": {deletion.DELETION_COST: cost} if cost else {},
        },
        "spec": {"nodeName": node},
        "status": {
            "phase": phase,
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True" if ready else "False",
                    "lastTransitionTime": timestamps.seconds(NOW - timedelta(seconds=ready_for_s)),
                }
            ],
            "containerStatuses": [{"restartCount": restarts}],
        },
    }


PAIRS = {
    "not bound before bound": (pod("b", node=""), pod("a")),
    "pending before running": (pod("b", phase="Pending"), pod("a")),
    "not ready before ready": (pod("b", ready=False), pod("a", cost="-5")),
    "low deletion cost before high": (pod("b", cost="-1"), pod("a")),
    "a cost that is no number is 0": (pod("b", cost="-1"), pod("a", cost="much")),
    "ready later before ready longer": (pod("b", ready_for_s=10), pod("a", restarts=9)),
    "more restarts before fewer": (pod("b", restarts=3), pod("a")),
    "younger before older": (pod("b", age_s=10), pod("a")),
    "ages within one power of two are alike": (pod("a", age_s=600), pod("b", age_s=601)),
}


@pytest.mark.parametrize(("first", "second"), PAIRS.values(), ids=PAIRS)
def test_which_of_two_goes_first(first: Object, second: Object) -> None:
    """The same one goes, in whichever order they are listed."""
    assert deletion.pods_to_delete([first, second], [], 1, NOW) == [first]
    assert deletion.pods_to_delete([second, first], [], 1, NOW) == [first]


def test_a_pod_on_a_crowded_node_goes_first() -> None:
    """The crowd counts the active Pods of all ReplicaSets of one owner."""
    lonely, crowded = pod("a", node="n1"), pod("b", node="n2")
    finished = [pod(uid, node="n1", phase="Succeeded") for uid in "xyz"]
    related = [lonely, crowded, pod("c", node="n2"), *finished]
    assert deletion.pods_to_delete([lonely, crowded], related, 1, NOW) == [crowded]


def test_all_go_without_sorting() -> None:
    """Nothing is left to choose when every Pod goes."""
    pods = [pod("b"), pod("a", node="")]
    assert deletion.pods_to_delete(pods, [], 2, NOW) == pods
