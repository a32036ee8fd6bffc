"""Plays recorded rollouts: how a Deployment moves replicas from one ReplicaSet to the next.

How many middle steps there are depends on which Pods were Ready at which instant, so of a rollout that goes
through, the first two steps, the bounds, and the end are compared; all else exactly.
"""

from collections.abc import Mapping
from typing import Any

from insideout.client import Object
from insideout.controllers.deployment import fenceposts
from insideout.replay.cluster import FAIL_ANNOTATION, ReplayCluster

NAMESPACE, NAME = "replay", "web"
_STATUS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas")


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where it went another way."""
    case = row["case"]
    ours = play(case)
    exact = ["status", "conditions", "final"] + (["stuck"] if "stuck" in row else [])
    found = [f"{key}: {ours[key]}, recorded {row[key]}" for key in exact if ours[key] != row[key]]
    goes_through = case["scenario"] == "update" and case["strategy"] == "RollingUpdate"
    length = 2 if goes_through else max(len(row["trace"]), len(ours["trace"]))
    if ours["trace"][:length] != row["trace"][:length]:
        found.append(f"trace: {ours['trace'][:length]}, recorded {row['trace'][:length]}")
    found += _out_of_bounds(case, ours["trace"])
    recorded, events = _anonymous(row["events"]), _anonymous(ours["events"])
    if goes_through:
        recorded, events = recorded[:3], events[:3]
    if recorded != events:
        found.append(f"events: {events}, recorded {recorded}")
    return found


def play(case: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the recorder did with one case; return what it would have written down."""
    cluster = ReplayCluster(0.4, 0.2)
    for index in range(4):
        cluster.nodes.add(f"r{index}", cpu="64")
    cluster.run(1)
    cluster.create_namespace(NAMESPACE)
    client = cluster.client
    client.create("deployments", _deployment(case, "v1"))
    replicas = case["replicas"]
    cluster.wait(lambda: _settled(_get(cluster), availableReplicas=replicas), 60)
    trace = _trace(cluster)
    cluster.run(0.15)
    row: dict[str, Any] = {}
    if case["scenario"] == "scale":
        _scale(cluster, case["scale_to"], 1.5)
    else:
        stuck = case["scenario"].startswith("stuck")
        template = _deployment(case, "v2", never_ready=stuck)["spec"]["template"]
        client.patch("deployments", NAME, {"spec": {"template": template}}, NAMESPACE)
        if stuck:
            cluster.run(2.5)
            row["stuck"] = _snapshot(cluster)
            if case["scenario"] == "stuck-scale":
                _scale(cluster, case["scale_to"], 2.5)
        else:
            wanted = dict.fromkeys(("updatedReplicas", "replicas", "availableReplicas"), replicas)
            cluster.wait(lambda: _settled(_get(cluster), **wanted), 40)
            cluster.run(0.3)
    status = _get(cluster)["status"]
    conditions = [[c["type"], c["status"], c["reason"]] for c in status.get("conditions", [])]
    return row | {
        "trace": trace,
        "final": _snapshot(cluster),
        "status": {key: status.get(key) for key in _STATUS},
        "conditions": sorted(conditions),
        "events": _events(cluster),
    }


def _deployment(case: Mapping[str, Any], image: str, *, never_ready: bool = False) -> Object:
    strategy: Object = {"type": case["strategy"]}
    if case["strategy"] == "RollingUpdate":
        strategy["rollingUpdate"] = {key: case[key] for key in ("maxSurge", "maxUnavailable")}
    annotations = {FAIL_ANNOTATION: "never-ready"} if never_ready else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {
            "replicas": case["replicas"],
            "strategy": strategy,
            "selector": {"matchLabels": {"app": NAME}},
            "progressDeadlineSeconds": 600,
            "template": {
                "metadata": {"labels": {"app": NAME}, "annotations": annotations},
                "spec": {
                    "terminationGracePeriodSeconds": 1,
                    "containers": [{"name": "c", "image": image}],
                },
            },
        },
    }


def _get(cluster: ReplayCluster) -> Object:
    return cluster.client.get("deployments", NAME, NAMESPACE)


def _settled(deployment: Object, **counts: int) -> bool:
    status = deployment.get("status") or {}
    observed = status.get("observedGeneration") == deployment["metadata"]["generation"]
    return observed and all(status.get(key, 0) == count for key, count in counts.items())


def _scale(cluster: ReplayCluster, replicas: int, then_s: float) -> None:
    patch = {"spec": {"replicas": replicas}}
    cluster.client.patch("deployments", NAME, patch, NAMESPACE, subresource="scale")
    cluster.run(then_s)


def _image(replica_set: Object) -> str:
    return str(replica_set["spec"]["template"]["spec"]["containers"][0]["image"])


def _trace(cluster: ReplayCluster) -> list[dict[str, int]]:
    """Return a list that grows by the sizes of both ReplicaSets whenever one of them changes."""
    listed = cluster.client.list("replicasets", NAMESPACE)["items"]
    sizes = {_image(rs): rs["spec"]["replicas"] for rs in listed}
    trace: list[dict[str, int]] = []

    def tell(type_: str, replica_set: Object) -> None:
        size = replica_set["spec"]["replicas"]
        if type_ != "DELETED" and sizes.get(_image(replica_set)) != size:
            sizes[_image(replica_set)] = size
            trace.append({"v1": sizes.get("v1", 0), "v2": sizes.get("v2", 0)})

    cluster.follow("replicasets", NAMESPACE, tell)
    return trace


def _snapshot(cluster: ReplayCluster) -> dict[str, dict[str, int]]:
    return {
        _image(rs): {
            "spec": rs["spec"]["replicas"],
            "ready": rs["status"].get("readyReplicas", 0),
            "available": rs["status"].get("availableReplicas", 0),
            "replicas": rs["status"].get("replicas", 0),
        }
        for rs in cluster.client.list("replicasets", NAMESPACE)["items"]
    }


def _events(cluster: ReplayCluster) -> list[str]:
    events = cluster.client.list("events", NAMESPACE)["items"]
    events.sort(key=lambda event: int(event["metadata"]["resourceVersion"]))
    return [event["message"] for event in events if event["involvedObject"]["kind"] == "Deployment"]


def _anonymous(messages: list[str]) -> list[str]:
    """Put the order of their appearance in place of ReplicaSets' names, whose hashes differ."""
    names: dict[str, str] = {}
    result = []
    for message in messages:
        words = message.split()
        at = words.index("set") + 1
        words[at] = names.setdefault(words[at], f"#{len(names) + 1}")
        result.append(" ".join(words))
    return result


def _out_of_bounds(case: Mapping[str, Any], trace: list[dict[str, int]]) -> list[str]:
    """Say where a rollout asked for more Pods than its surge allows."""
    if case["strategy"] != "RollingUpdate" or case["scenario"] not in ("update", "stuck"):
        return []
    limits = fenceposts.resolve(case["maxSurge"], case["maxUnavailable"], case["replicas"])
    most = case["replicas"] + limits.surge
    return [f"bounds: {step} is more than {most}" for step in trace if step["v1"] + step["v2"] > most]
