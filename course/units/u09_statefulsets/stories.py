"""What the lesson does with StatefulSets: makes one, changes it, and writes down what its pods did."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course.plots.picture import Picture
from course.units.u09_statefulsets.plots.ordinals import Panel, Span, plot_ordinals, spans_of
from insideout.client.history import History
from insideout.cluster import Cluster
from insideout.controllers.statefulset.controller import StatefulSetController
from insideout.controllers.statefulset.plandata import Sync, plan_by

Object = dict[str, Any]
Change = tuple[float, Callable[[Cluster, str], object]]
"""Seconds after the sets are complete, and what is done then with the one in a namespace."""

PATIENCE_S = 40.0


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


def release(version: str) -> Callable[[Cluster, str], object]:
    """Return what a user does to release a version."""
    return patch({"template": template(version)})


def patch(spec: Object) -> Callable[[Cluster, str], object]:
    """Return what a user does to change a set's spec."""
    return lambda cluster, namespace: cluster.apps.patch_namespaced_stateful_set(
        "db", namespace, {"spec": spec}
    )


def delete_pod(ordinal: int) -> Callable[[Cluster, str], object]:
    """Return what a user does to delete a pod."""
    return lambda cluster, namespace: cluster.core.delete_namespaced_pod(f"db-{ordinal}", namespace)


def story(
    changes: Sequence[Change], *, seconds: float, sync: Sync | None = None, replicas: int = 3, **spec: Any
) -> list[Span]:
    """Make a set and change it; return what its pods were from then on, for `seconds`.

    With `sync` it is the StatefulSet controller.
    """
    with Cluster.create(nodes=3) as cluster:
        return _play(cluster, {"default": manifest(replicas, **spec)}, changes, seconds, sync)["default"]


def side_by_side(
    changes: Sequence[Change], *, seconds: float, specs: Mapping[str, Object]
) -> dict[str, list[Span]]:
    """Do the same with several sets of three in one cluster; `specs` are further fields of each set's spec.

    Each is in a namespace of its own, the title in lower case.
    """
    with Cluster.create(nodes=3) as cluster:
        for title in specs:
            cluster.core.create_namespace({"metadata": {"name": title.lower()}})
        sets = {title.lower(): manifest(**spec) for title, spec in specs.items()}
        played = _play(cluster, sets, changes, seconds)
        return {title: played[title.lower()] for title in specs}


def _play(
    cluster: Cluster,
    sets: Mapping[str, Object],
    changes: Sequence[Change],
    seconds: float,
    sync: Sync | None = None,
) -> dict[str, list[Span]]:
    """Make a set in each namespace, wait until all are complete, change them; return the spans of each."""
    cluster.nodes.programs.register("db:v1", "unready; ready after 2s; stop 1s")
    cluster.nodes.programs.register("db:v2", "unready; ready after 2s; stop 1s")
    cluster.nodes.programs.register("db:bad", "unready; stop 1s")
    if sync is not None:
        plan = plan_by(sync)
        cluster.replace(
            "statefulset-controller", lambda client, loop: StatefulSetController(client, loop, plan=plan)
        )
    for namespace, body in sets.items():
        cluster.apps.create_namespaced_stateful_set(namespace, body)
    await_complete(cluster, sets)
    client, loop = cluster.client("observer"), cluster.loop
    histories = {namespace: History(client, loop, "pods", namespace) for namespace in sets}
    began_s = loop.now_s
    for at_s, act in changes:
        cluster.run(seconds=max(0, began_s + at_s - loop.now_s))
        for namespace in sets:
            act(cluster, namespace)
    cluster.run(seconds=max(0, began_s + seconds - loop.now_s))
    if errors := cluster.errors("statefulset-controller"):
        raise RuntimeError(errors[0])
    return {
        namespace: spans_of(history, began_s, began_s + seconds) for namespace, history in histories.items()
    }


def await_complete(cluster: Cluster, sets: Mapping[str, Object]) -> None:
    """Let time pass until the set of each namespace has all its pods, ready; at most PATIENCE_S.

    A learner's controller may never get there: its story is told all the same.
    """
    client = cluster.client("user")

    def ready(namespace: str) -> int:
        count: int = client.get("statefulsets", "db", namespace)["status"].get("readyReplicas", 0)
        return count

    def are_complete() -> bool:
        return all(ready(namespace) == body["spec"]["replicas"] for namespace, body in sets.items())

    cluster.loop.run_until(are_complete, PATIENCE_S)


def steps(spans: Sequence[Span]) -> list[tuple[int, str, str]]:
    """Return the spans without seconds, in order; of two that begin at once the higher ordinal first."""
    ordered = sorted(spans, key=lambda span: (span.from_s, -span.ordinal))
    return [(span.ordinal, span.version, span.state) for span in ordered]


def picture_of(
    stories: dict[str, list[Span]], *, seconds: float, marks: Sequence[tuple[float, str]] = ()
) -> Picture:
    """Draw stories, a panel each."""
    return plot_ordinals([Panel(title, spans) for title, spans in stories.items()], seconds, marks)


def turned(partition: int, policy: str) -> Picture:
    """Draw an update of four pods with another partition and pod management policy."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    body = manifest(4, updateStrategy=rolling, podManagementPolicy=policy)
    with Cluster.create(nodes=3, realtime=False) as cluster:  # whoever turns it does not wait for a minute
        spans = _play(cluster, {"default": body}, [(2, release("v2"))], seconds=40)["default"]
    title = f"partition {partition}, {policy}"
    return picture_of({title: spans}, seconds=40, marks=[(2, "v2")])


def claim_owners(policy: Object, replicas: int, then: int) -> dict[str, str]:
    """Return who owns each claim while a set with this policy is scaled from `replicas` to `then`."""
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    with Cluster.create(nodes=3) as cluster:
        slow = {"program.course/db": "stop 4s"}
        body = manifest(replicas, volumeClaimTemplates=[claim], persistentVolumeClaimRetentionPolicy=policy)
        body["spec"]["template"]["metadata"]["annotations"] = slow
        cluster.apps.create_namespaced_stateful_set("default", body)
        await_complete(cluster, {"default": body})
        patch({"replicas": then})(cluster, "default")
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
