"""ReplicaSets in a whole cluster."""

from collections.abc import Callable
from typing import Any

from tests.insideout.controllers.conftest import template

Make = Callable[[int], Any]
SPEC = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template("web")}


def pods(world: Any) -> list[Any]:
    """Return the Pods."""
    return list(world.client.list("pods", "default")["items"])


def test_a_pod_that_goes_is_replaced(cluster: Make) -> None:
    """At once, while it is still terminating."""
    world = cluster(2)
    world.create("apps/v1", "ReplicaSet", "web", SPEC)
    world.run(5)
    doomed = world.names("pods")[0]
    world.client.delete("pods", doomed, "default")
    world.run(0.1)
    assert len(world.names("pods")) == 4
    assert world.get("replicasets", "web")["status"]["terminatingReplicas"] == 1
    world.run(5)
    assert len(world.names("pods")) == 3
    assert doomed not in world.names("pods")


def test_orphans_are_adopted_and_strangers_released(cluster: Make) -> None:
    """By labels: a Pod that loses them is let go and replaced, one that has them is taken in."""
    world = cluster(2)
    world.create("v1", "Pod", "lonely", template("web")["spec"], labels={"app": "web"})
    world.run(1)
    world.create("apps/v1", "ReplicaSet", "web", SPEC)
    world.run(5)
    assert len(world.names("pods")) == 3
    assert world.get("pods", "lonely")["metadata"]["ownerReferences"][0]["name"] == "web"
    world.patch("pods", "lonely", {"metadata": {"labels": {"app": "other"}}})
    world.run(5)
    assert len(world.names("pods")) == 4
    assert not world.get("pods", "lonely")["metadata"].get("ownerReferences")


def test_what_cannot_be_created_is_reported(cluster: Make) -> None:
    """As a condition and an Event; it is tried again later."""
    world = cluster(1)
    writer, refused = world.manager.controllers["ReplicaSetController"]._pod_control._client, []
    create = writer.create

    def refuse(resource: str, *args: Any, **kwargs: Any) -> Any:
        from insideout.client import ApiError

        if resource == "pods" and world.loop.now_s < 5:
            refused.append(world.loop.now_s)
            raise ApiError({"code": 403, "reason": "Forbidden", "message": "exceeded quota: q"})
        return create(resource, *args, **kwargs)

    writer.create = refuse
    world.create("apps/v1", "ReplicaSet", "web", SPEC)
    world.run(2)
    condition = world.get("replicasets", "web")["status"]["conditions"][0]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert condition["message"] == "exceeded quota: q"
    assert ("FailedCreate", "Error creating: exceeded quota: q") in world.events("ReplicaSet")
    world.run(20)
    status = world.get("replicasets", "web")["status"]
    assert (status["availableReplicas"], status.get("conditions")) == (3, None)


def test_finished_pods_do_not_count(cluster: Make) -> None:
    """A Pod that failed for good is replaced."""
    world = cluster(1)
    world.create("apps/v1", "ReplicaSet", "web", SPEC)
    world.run(5)
    name = world.names("pods")[0]
    failed = {"status": {"phase": "Failed"}}
    world.client.patch("pods", name, failed, "default", type="strategic", subresource="status")
    world.run(5)
    assert len(pods(world)) == 4
