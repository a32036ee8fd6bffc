"""What the lesson does with StatefulSets: makes one, changes it, and writes down what its pods did."""

from collections.abc import Callable, Sequence
from typing import Any

from course.plots.picture import Picture
from course.units.u09_statefulsets.plots.ordinals import Panel, Span, plot_ordinals, spans_of
from insideout.client.history import History
from insideout.cluster import Cluster
from insideout.controllers.statefulset.controller import StatefulSetController
from insideout.controllers.statefulset.plandata import Sync, plan_by

Object = dict[str, Any]
Change = tuple[float, Callable[[Cluster], object]]
"""Seconds after the set is complete, and what is done then."""

SETTLED_S = 20.0


def manifest(replicas: int = 3, **spec: Any) -> Object:
    """Return a StatefulSet db; `spec` are further fields of its spec."""
    return {
        "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db",
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "db"}},
            "template": template("v1"),
            **spec,
        },
    }


def template(version: str) -> Object:
    """Return a pod template of a version; the version "bad" is never ready."""
    ready = {"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}}
    container = {"name": "db", "image": f"db:{version}", **ready}
    metadata = {"labels": {"app": "db"}}
    return {"metadata": metadata, "spec": {"terminationGracePeriodSeconds": 5, "containers": [container]}}


def release(version: str) -> Callable[[Cluster], object]:
    """Return what a user does to release a version."""
    return patch({"template": template(version)})


def patch(spec: Object) -> Callable[[Cluster], object]:
    """Return what a user does to change a set's spec."""
    return lambda cluster: cluster.apps.patch_namespaced_stateful_set("db", "default", {"spec": spec})


def delete_pod(ordinal: int) -> Callable[[Cluster], object]:
    """Return what a user does to delete a pod."""
    return lambda cluster: cluster.core.delete_namespaced_pod(f"db-{ordinal}", "default")


def story(
    changes: Sequence[Change], *, seconds: float, sync: Sync | None = None, replicas: int = 3, **spec: Any
) -> list[Span]:
    """Make a set and change it; return what its pods were from then on, for `seconds`.

    With `sync` it is the StatefulSet controller.
    """
    with Cluster.create(nodes=3, realtime=False) as cluster:
        cluster.nodes.programs.register("db:v1", "unready; ready after 2s; stop 1s")
        cluster.nodes.programs.register("db:v2", "unready; ready after 2s; stop 1s")
        cluster.nodes.programs.register("db:bad", "unready; stop 1s")
        if sync is not None:
            plan = plan_by(sync)
            cluster.replace(
                "statefulset-controller", lambda client, loop: StatefulSetController(client, loop, plan=plan)
            )
        cluster.apps.create_namespaced_stateful_set("default", manifest(replicas, **spec))
        cluster.run(seconds=SETTLED_S)
        history = History(cluster.client("observer"), cluster.loop, "pods")
        began_s = done_s = cluster.loop.now_s
        for at_s, act in changes:
            cluster.run(seconds=began_s + at_s - done_s)
            done_s = began_s + at_s
            act(cluster)
        cluster.run(seconds=began_s + seconds - done_s)
        if errors := cluster.errors("statefulset-controller"):
            raise RuntimeError(errors[0])
        return spans_of(history, began_s, began_s + seconds)


def picture_of(
    stories: dict[str, list[Span]], *, seconds: float, marks: Sequence[tuple[float, str]] = ()
) -> Picture:
    """Draw stories, a panel each."""
    return plot_ordinals([Panel(title, spans) for title, spans in stories.items()], seconds, marks)


def turned(partition: int, policy: str) -> Picture:
    """Draw an update of four pods with another partition and pod management policy."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    spans = story(
        [(2, release("v2"))], seconds=40, replicas=4, updateStrategy=rolling, podManagementPolicy=policy
    )
    title = f"partition {partition}, {policy}"
    return picture_of({title: spans}, seconds=40, marks=[(2, "v2")])


def claim_owners(policy: Object, replicas: int, then: int) -> dict[str, str]:
    """Return who owns each claim while a set with this policy is scaled from `replicas` to `then`."""
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    with Cluster.create(nodes=3, realtime=False) as cluster:
        slow = {"program.course/db": "stop 4s"}
        body = manifest(replicas, volumeClaimTemplates=[claim], persistentVolumeClaimRetentionPolicy=policy)
        body["spec"]["template"]["metadata"]["annotations"] = slow
        cluster.apps.create_namespaced_stateful_set("default", body)
        cluster.run(seconds=SETTLED_S)
        patch({"replicas": then})(cluster)
        cluster.run(seconds=1)
        claims = cluster.core.list_namespaced_persistent_volume_claim("default").items
        return {one.metadata.name: _owner(one.metadata.owner_references) for one in claims}


def _owner(references: Sequence[Any] | None) -> str:
    return f"{references[0].kind} {references[0].name}" if references else "nobody"


def is_unwritten(function: Callable[..., Any]) -> bool:
    """Tell whether an exercise has not been written yet."""
    status = {"currentRevision": "a", "updateRevision": "a"}
    spec = {"replicas": 1, "updateStrategy": {"type": "RollingUpdate"}}
    try:
        function({"metadata": {"name": "db"}, "spec": spec, "status": status}, [], "2026-01-01T00:00:00Z")
    except NotImplementedError:
        return True
    except Exception:
        return False  # it is written, and its own error is to be seen
    return False
