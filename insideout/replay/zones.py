"""Plays recorded node failures: the node lifecycle and taint eviction controllers with the recorder's flags.

The recorder's nodes are made here as it made them: a Lease renewed every second, a status, and Pods that run
until they are deleted.  Its API server added no tolerations, so those that ours adds are passed over.  When
in its period the controller last looked before a case began was not recorded; several moments are tried.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery.pods import is_terminating
from insideout.backends.embedded import EmbeddedBackend
from insideout.client import Object, WatchEvent
from insideout.controllers.informers import Informers
from insideout.controllers.nodelifecycle.controller import NodeLifecycleController
from insideout.controllers.nodelifecycle.settings import Settings
from insideout.controllers.tainteviction.controller import TaintEvictionController
from insideout.controllers.tainteviction.delay import evict_after
from insideout.kubelet.nodestatus import LEASE_NAMESPACE, NodeSpec, lease_object, node_object, node_status
from insideout.replay.zonestories import disagreements
from insideout.sim import Loop

NAMESPACE = "zones"
FIRST_LOOKS_S = (0.3, 0.7, 0.1, 0.9)
"""When the controller first looks after the case began, in turn until one agrees."""
RENEW_S = 1.0
GONE_S = 0.2
"""How long a node took to remove a deleted Pod."""
_LAST_RENEWAL_S = 0.5
"""How long before the case began the nodes renewed."""


def differences(row: Mapping[str, Any]) -> list[str]:
    """Play one recorded case; return where states, counts or times are others than in both recorded runs."""
    found: list[str] = []
    for first_look_s in FIRST_LOOKS_S:
        other = disagreements(row, play(row, first_look_s))
        if not other:
            return []
        found = found or other
    return found


def play(row: Mapping[str, Any], first_look_s: float = FIRST_LOOKS_S[0]) -> list[dict[str, Any]]:
    """Do what the recorder did; return what it would have logged."""
    backend = EmbeddedBackend()
    loop = backend.loop
    backend.client("recorder").create("namespaces", {"metadata": {"name": NAMESPACE}})
    nodes = {
        f"{zone}{number}": _Node(backend, f"{zone}{number}", zone)
        for zone, count in row["zones"].items()
        for number in range(count)
    }
    recorded: dict[str, list[Object]] = {}
    for name, tolerations in row["pods"].items():
        stored = nodes[name.partition("-")[0]].run(name, tolerations)
        recorded[json.dumps(stored)] = tolerations

    def as_recorded(taints: list[Object], stored: list[Object]) -> float | None:
        return evict_after(taints, recorded[json.dumps(stored)])

    client, settings = backend.client("kube-controller-manager"), Settings.from_flags(row["flags"])
    informers = Informers(client, loop)
    lifecycle = NodeLifecycleController(client, loop, informers, settings=settings)
    eviction = TaintEvictionController(client, loop, informers, evict_after=as_recorded)
    # It looks once before the case begins, and `first_look_s` after that.
    looks_s = settings.monitor_period_s
    loop.run(max(0.0, _LAST_RENEWAL_S + first_look_s - looks_s))
    lifecycle.start()
    eviction.start()
    for node in nodes.values():
        node.begin()
    loop.run(max(_LAST_RENEWAL_S, looks_s - first_look_s))
    log = _Log(backend)
    for after_s, verb, names in row["actions"]:
        for name in names:
            loop.call_at(log.began_s + after_s, nodes[name].act, verb)
    loop.run(row["seconds"])
    return log.entries


class _Node:
    """A node as the recorder made it: it says that it lives, and removes deleted Pods."""

    def __init__(self, backend: EmbeddedBackend, name: str, zone: str) -> None:
        self._client = backend.client("recorder")
        self._loop: Loop = backend.loop
        self._spec = NodeSpec(name, labels={"topology.kubernetes.io/zone": zone})
        self._silent = False
        created = self._client.create("nodes", node_object(self._spec, "10.0.0.0/24"))
        self._report()
        self._client.create("leases", lease_object(created, self._loop.time()), LEASE_NAMESPACE)

    def run(self, name: str, tolerations: list[Object]) -> list[Object]:
        """Run a Pod; return its tolerations as they are stored."""
        spec = {
            "nodeName": self._spec.name,
            "containers": [{"name": "c", "image": "v1"}],
            "tolerations": tolerations,
        }
        self._client.create("pods", {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": spec})
        now = timestamps.seconds(self._loop.time())
        ready = {"type": "Ready", "status": "True", "lastTransitionTime": now}
        status = {"status": {"phase": "Running", "conditions": [ready]}}
        pod = self._client.patch("pods", name, status, NAMESPACE, type="strategic", subresource="status")
        stored: list[Object] = pod["spec"]["tolerations"]
        return stored

    def begin(self) -> None:
        """Renew every second from now on, and look after the Pods."""
        self._renew()
        self._client.watch("pods", self._on_pod, NAMESPACE, field_selector=f"spec.nodeName={self._spec.name}")

    def act(self, verb: str) -> None:
        """Fall silent, report Ready=False, or come back."""
        if verb not in ("silent", "false", "back"):
            raise ValueError(f"{verb!r} is no action of a record of zones")
        self._silent = verb == "silent"
        if self._silent:
            return
        self._report(ready=verb == "back")
        for pod in self._client.list("pods", NAMESPACE, field_selector=f"spec.nodeName={self._spec.name}")[
            "items"
        ]:
            self._look_at(pod)

    def _renew(self) -> None:
        self._loop.call_later(RENEW_S, self._renew)
        if not self._silent:
            renewed = {"spec": {"renewTime": timestamps.micros(self._loop.time())}}
            self._client.patch("leases", self._spec.name, renewed, LEASE_NAMESPACE)

    def _report(self, *, ready: bool = True) -> None:
        status = node_status(self._spec, "172.18.0.2", {}, [], self._loop.time())
        if not ready:
            status["conditions"][-1] |= {"status": "False", "reason": "KubeletNotReady"}
        self._client.patch(
            "nodes", self._spec.name, {"status": status}, type="strategic", subresource="status"
        )

    def _on_pod(self, event: WatchEvent) -> None:
        if event.type == "MODIFIED":
            self._look_at(event.object)

    def _look_at(self, pod: Object) -> None:
        if is_terminating(pod) and not self._silent:
            self._loop.call_later(GONE_S, self._remove, pod)

    def _remove(self, pod: Object) -> None:
        if not self._silent:
            metadata = pod["metadata"]
            found = self._client.list("pods", NAMESPACE, field_selector=f"metadata.name={metadata['name']}")
            for _ in found["items"]:
                self._client.delete(
                    "pods", metadata["name"], NAMESPACE, uid=metadata["uid"], grace_period_s=0
                )


class _Log:
    """Every change of a node's condition Ready and taints, and of what a Pod's end shows."""

    def __init__(self, backend: EmbeddedBackend) -> None:
        self.entries: list[dict[str, Any]] = []
        self.began_s = backend.loop.now_s
        self._loop = backend.loop
        self._last: dict[str, Any] = {}
        client = backend.client("recorder")
        for resource, namespace, shown in ("nodes", None, _node_shown), ("pods", NAMESPACE, _pod_shown):
            listed = client.list(resource, namespace)
            for obj in listed["items"]:
                self._last[obj["metadata"]["name"]] = shown(obj)
            version = listed["metadata"]["resourceVersion"]
            client.watch(resource, self._noting(shown), namespace, resource_version=version)

    def _noting(self, shown: Any) -> Any:
        def note(event: WatchEvent) -> None:
            if event.type not in ("ADDED", "MODIFIED", "DELETED"):
                return
            name = event.object["metadata"]["name"]
            state = {"pod": name, "gone": True} if event.type == "DELETED" else shown(event.object)
            if self._last.get(name) != state:
                self._last[name] = state
                self.entries.append({"t_s": round(self._loop.now_s - self.began_s, 1), **state})

        return note


def _node_shown(node: Object) -> Object:
    ready = conditions.find(node, "Ready") or {}
    return {
        "node": node["metadata"]["name"],
        "ready": [ready.get("status"), ready.get("reason")],
        "taints": sorted(_taints_shown(node)),
    }


def _taints_shown(node: Object) -> Iterator[list[str]]:
    for taint in node["spec"].get("taints") or ():
        yield [taint["key"].removeprefix("node.kubernetes.io/"), taint["effect"]]


def _pod_shown(pod: Object) -> Object:
    disruption = conditions.find(pod, "DisruptionTarget")
    return {
        "pod": pod["metadata"]["name"],
        "ready": conditions.status_of(pod, "Ready"),
        "disruption": disruption["reason"] if disruption else None,
        "deleting": is_terminating(pod),
    }
