"""Deployments in a whole cluster; the recorded rollouts are in tests/insideout/replay."""

from collections.abc import Callable
from typing import Any

from insideout.apimachinery import conditions
from insideout.client import Object
from tests.insideout.controllers.conftest import template

Make = Callable[[int], Any]


def deployment(replicas: int = 3, script: str = "serve", **spec: object) -> Object:
    """Return a Deployment's spec."""
    return {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": "web"}},
        "template": template("web", script),
        **spec,
    }


def change_image(world: Any, image: str) -> None:
    """Update the Deployment web, and let the rollout go through."""
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}}
    world.patch("deployments", "web", patch)
    world.run(30)


def progressing(world: Any) -> tuple[str, str]:
    """Return status and reason of the condition Progressing."""
    found = conditions.find(world.get("deployments", "web"), "Progressing")
    return found["status"], found["reason"]


def annotations(world: Any) -> list[tuple[int, str, str]]:
    """Return size, revision and revision history of each ReplicaSet, by revision."""
    prefix = "deployment.kubernetes.io"
    return sorted(
        (
            rs["spec"]["replicas"],
            rs["metadata"]["annotations"][f"{prefix}/revision"],
            rs["metadata"]["annotations"].get(f"{prefix}/revision-history", ""),
        )
        for rs in world.client.list("replicasets", "default")["items"]
    )


def test_a_rollback_reuses_the_old_replica_set_under_a_new_revision(cluster: Make) -> None:
    """Its earlier revision stays on record."""
    world = cluster(2)
    world.create("apps/v1", "Deployment", "web", deployment())
    world.run(10)
    change_image(world, "v2")
    assert annotations(world) == [(0, "1", ""), (3, "2", "")]
    change_image(world, "i")
    assert annotations(world) == [(0, "2", ""), (3, "3", "1")]
    revision = world.get("deployments", "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
    assert revision == "3"


def test_old_replica_sets_beyond_the_limit_go(cluster: Make) -> None:
    """The oldest first, once the rollout is complete."""
    world = cluster(2)
    world.create("apps/v1", "Deployment", "web", deployment(revisionHistoryLimit=1))
    world.run(10)
    for image in ("v2", "v3", "v4"):
        change_image(world, image)
    assert [revision for _, revision, _ in annotations(world)] == ["3", "4"]


def test_a_rollout_that_gets_nowhere_is_reported_and_left_alone(cluster: Make) -> None:
    """After the deadline, counted from the last progress; nothing rolls back."""
    world = cluster(2)
    world.create("apps/v1", "Deployment", "web", deployment(progressDeadlineSeconds=60))
    world.run(10)
    assert progressing(world) == ("True", "NewReplicaSetAvailable")
    world.patch("deployments", "web", {"spec": {"template": template("web", "unready")}})
    world.run(30)
    assert progressing(world) == ("True", "ReplicaSetUpdated")
    world.run(40)
    assert progressing(world) == ("False", "ProgressDeadlineExceeded")
    assert conditions.status_of(world.get("deployments", "web"), "Available") == "True"
    sizes = annotations(world)
    world.run(600)
    assert annotations(world) == sizes


def test_pausing_freezes_the_template_and_not_the_size(cluster: Make) -> None:
    """And the wait is not counted against the deadline."""
    world = cluster(2)
    world.create("apps/v1", "Deployment", "web", deployment())
    world.run(10)
    world.patch("deployments", "web", {"spec": {"paused": True}})
    change_image(world, "v2")
    assert progressing(world) == ("Unknown", "DeploymentPaused")
    world.patch("deployments", "web", {"spec": {"replicas": 5}})
    world.run(10)
    assert annotations(world) == [(5, "1", "")]
    world.patch("deployments", "web", {"spec": {"paused": False}})
    world.run(30)
    assert annotations(world) == [(0, "1", ""), (5, "2", "")]
    assert progressing(world) == ("True", "NewReplicaSetAvailable")


def test_min_ready_seconds_delay_availability(cluster: Make) -> None:
    """Ready is not yet available."""
    world = cluster(2)
    world.create("apps/v1", "Deployment", "web", deployment(minReadySeconds=30))
    world.run(10)
    status = world.get("deployments", "web")["status"]
    assert (status["readyReplicas"], status.get("availableReplicas")) == (3, None)
    world.run(30)
    assert world.get("deployments", "web")["status"]["availableReplicas"] == 3


def test_a_name_that_is_taken_is_a_collision_of_hashes(cluster: Make) -> None:
    """The Deployment counts it and uses another hash."""
    world = cluster(1)
    world.create("apps/v1", "Deployment", "web", deployment())
    world.run(5)
    taken = world.names("replicasets")[0]
    world.client.delete("deployments", "web", "default", propagation_policy="Foreground")
    world.run(10)
    other = {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": template("web")}
    other["template"]["metadata"]["labels"] = {"a": "b"}
    world.create("apps/v1", "ReplicaSet", taken, other)
    world.create("apps/v1", "Deployment", "web", deployment())
    world.run(10)
    assert world.get("deployments", "web")["status"]["collisionCount"] == 1
    assert len(world.names("replicasets")) == 2
    assert world.get("deployments", "web")["status"]["availableReplicas"] == 3
