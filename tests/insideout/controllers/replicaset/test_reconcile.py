"""A function may decide for the ReplicaSet controller; what is no decision is reported in one line."""

from typing import Any

import pytest

from insideout.cluster import Cluster
from insideout.controllers.replicaset.controller import ReplicaSetController
from tests.insideout.controllers.conftest import template

SPEC = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template("web")}


def run(reconcile: Any) -> tuple[list[str], list[str]]:
    """Return the Pods' names after ten seconds of a ReplicaSet of three, and what was reported."""
    with Cluster.create(nodes=1) as cluster:
        cluster.replace(
            "replicaset-controller",
            lambda client, loop: ReplicaSetController(client, loop, reconcile=reconcile),
        )
        client = cluster.client("test")
        client.create("replicasets", {"metadata": {"name": "web", "namespace": "default"}, "spec": SPEC})
        cluster.run(seconds=9)
        names = [pod["metadata"]["name"] for pod in client.list("pods", "default")["items"]]
        return names, cluster.errors("replicaset-controller")


def test_it_is_asked_with_the_number_wanted_and_all_pods_of_the_set() -> None:
    asked = []

    def reconcile(n: int, pods: list[Any]) -> tuple[int, list[str]]:
        asked.append((n, len(pods)))
        return n - len(pods), []

    names, errors = run(reconcile)
    assert len(names) == 3
    assert errors == []
    assert asked[0] == (3, 0)
    assert asked[-1] == (3, 3)


def test_what_it_names_is_deleted() -> None:
    deleted: list[str] = []

    def reconcile(n: int, pods: list[Any]) -> tuple[int, list[str]]:
        alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        if len(alive) == 3 and not deleted:
            deleted.append(alive[0]["metadata"]["name"])
            return 0, deleted
        return n - len(alive), []

    names, errors = run(reconcile)
    assert errors == []
    assert len(names) == 3
    assert deleted[0] not in names


def test_it_may_change_the_pods_that_it_is_given() -> None:
    def reconcile(n: int, pods: list[Any]) -> tuple[int, list[str]]:
        count = n - len(pods)
        for pod in pods:
            pod["metadata"].clear()
        return count, []

    names, errors = run(reconcile)
    assert (len(names), errors) == (3, [])


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (None, "reconcile returns (how many to create, [names to delete]), but gave None"),
        (3, "but gave 3"),
        ((1, "web"), "but gave (1, 'web')"),
        ((0, ["nobody"]), "'nobody', which is no pod of this ReplicaSet"),
    ],
)
def test_what_is_no_decision_is_reported(decision: object, said: str) -> None:
    names, errors = run(lambda n, pods: decision)
    assert names == []
    assert said in errors[0]
