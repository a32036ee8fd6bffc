"""The node lifecycle controller as a component.

Left out: copying the old operating-system labels, and a queue for Pods whose marking failed: the next pass
marks them again.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go@v1.36.2.
"""

from datetime import timedelta

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Client, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.informers import BY_NODE, Informers
from insideout.controllers.nodelifecycle import health, taints
from insideout.controllers.nodelifecycle.disruption import Change, ZoneQueues
from insideout.controllers.nodelifecycle.health import NodeHealth
from insideout.controllers.nodelifecycle.marking import mark_not_ready
from insideout.controllers.nodelifecycle.rules import Rules
from insideout.controllers.nodelifecycle.settings import Settings
from insideout.controllers.nodelifecycle.zones import EXCLUDE_LABEL, zone_of
from insideout.sim import Loop

TAINT_PERIOD_S = 0.1
"""How often the queues of nodes to taint are looked at."""


class NodeLifecycleController(Controller):
    """Watches over Nodes: conditions, taints, and the readiness of Pods on silent ones.

    `settings` are its flags.  With `rules`, other functions decide about taints, silence and rates.
    """

    name = "node-controller"

    def __init__(
        self,
        client: Client,
        loop: Loop,
        informers: Informers | None = None,
        *,
        settings: Settings | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._settings = settings if settings is not None else Settings()
        self._rules = rules if rules is not None else Rules()
        super().__init__(client, loop, informers)

    def watch(self) -> None:
        """Watch Nodes, Leases and Pods."""
        self._nodes = self.on("nodes", add=self.enqueue, update=lambda _, node: self.enqueue(node))
        self._leases = self.on("leases")
        self._pods = self.on("pods", add=self._pod_bound, update=self._pod_updated)
        self._known: dict[str, str] = {}
        self._health: dict[str, NodeHealth] = {}
        self._queues = ZoneQueues(self._settings, self._rules.taint_qps)
        self._to_mark: dict[str, None] = {}
        self._taint_due = False

    def began(self) -> None:
        """Look at all nodes every few seconds from now on."""
        self._began_s = self.loop.now_s
        self._monitor()

    def sync(self, key: Key) -> None:
        """Give a node the NoSchedule taints that its conditions call for, at once."""
        node = self._nodes.get(key[1])
        if node is None:
            return
        present = node["spec"].get("taints") or []
        add, remove = taints.no_schedule_changes(present, self._wanted_taints(node), self._now())
        self._write_taints(node, add, remove)

    def _wanted_taints(self, node: Object) -> list[tuple[str, str]]:
        """Return the taints, as (key, effect), that a node's conditions call for at once."""
        node_conditions = (node.get("status") or {}).get("conditions") or []
        unschedulable = bool(node["spec"].get("unschedulable"))
        if self._rules.taints_for is not None:
            decided = self._rules.taints_for(copied(node_conditions), unschedulable)
            return sorted((str(key), str(effect)) for key, effect in decided)
        return [(key, "NoSchedule") for key in taints.no_schedule_keys(node_conditions, unschedulable)]

    # The monitor.

    def _monitor(self) -> None:
        if not self._running:
            return
        self.loop.call_later(self._settings.between_looks_s, self._monitor)
        nodes = self._nodes.list()
        self._meet_and_part(nodes)
        zones: dict[str, list[bool]] = {}
        for node in nodes:
            ready = self._look_at(node)
            if EXCLUDE_LABEL not in (node["metadata"].get("labels") or {}):
                zones.setdefault(zone_of(node), []).append(ready)
        self._handle_disruption(zones, nodes)
        self._taint_soon()

    def _meet_and_part(self, nodes: list[Object]) -> None:
        """Take note of nodes that came and went."""
        present = {node["metadata"]["name"]: node for node in nodes}
        for name, node in present.items():
            self._queues.meet(zone_of(node), self.loop.now_s)
            if name not in self._known:
                self._known[name] = node["metadata"]["uid"]
                self._node_event(name, "RegisteredNode", f"Registered Node {name} in Controller")
        for name in [name for name in self._known if name not in present]:
            self._node_event(name, "RemovingNode", f"Removing Node {name} from Controller")
            del self._known[name]
            self._health.pop(name, None)
            self._to_mark.pop(name, None)
            self._queues.forget(name)

    def _look_at(self, node: Object) -> bool:
        """Judge one node, and act on the judgement; return whether it is ready."""
        name = node["metadata"]["name"]
        before = conditions.status_of(node, "Ready") or "Unknown"
        node = self._judged(node)
        status = conditions.status_of(node, "Ready")
        self._mark_for_tainting(node, status)
        if status != "True" and before == "True":
            message = f"Node {name} status is now: NodeNotReady"
            self.recorder.event(self._reference(name), "Normal", "NodeNotReady", message)
            self._to_mark[name] = None
        if name in self._to_mark and status != "True" and self._mark_pods_not_ready(name):
            del self._to_mark[name]
        return status == "True"

    def _judged(self, node: Object) -> Object:
        """Return the node, its conditions turned to Unknown and written if it has been silent too long."""
        name, now_s = node["metadata"]["name"], self.loop.now_s
        lease = self._leases.get(name, "kube-node-lease")
        renewal = (lease or {}).get("spec", {}).get("renewTime", "")
        heartbeat = health.heartbeat_of(node)
        known = self._health.get(name)
        if known is None:
            known = self._health[name] = NodeHealth(self._first_seen_s(node, heartbeat), heartbeat, "")
        known.observe(heartbeat, renewal, now_s)
        known.silent = self._is_silent(known)
        if not known.silent:
            return node
        changed = health.unknown_conditions(node, self._now())
        if changed == node["status"].get("conditions"):
            return node
        node = copied(node)
        node.setdefault("status", {})["conditions"] = changed
        try:
            return self.client.update("nodes", node, subresource="status")
        except ApiError:
            # The node has just said something, or is gone: the next pass sees.
            return self._nodes.get(name) or node

    def _is_silent(self, known: NodeHealth) -> bool:
        """Tell whether a node has said nothing for too long."""
        settings, now_s = self._settings, self.loop.now_s
        grace_s = settings.monitor_grace_period_s if known.heartbeat else settings.startup_grace_period_s
        if self._rules.unknown_at is None or not known.renewals:
            return known.is_silent(now_s, grace_s)
        began = self.loop.time() - timedelta(seconds=now_s - self._began_s)
        due_s = self._rules.unknown_at(known.times_s(began), settings.between_looks_s, grace_s)
        return due_s <= now_s - self._began_s + health.ROUNDING_S

    def _first_seen_s(self, node: Object, heartbeat: str) -> float:
        """Return since when to wait for a new node: from its creation if it never reported, else now."""
        if heartbeat:
            return self.loop.now_s
        age = self.loop.time() - timestamps.parse(node["metadata"]["creationTimestamp"])
        return self.loop.now_s - max(0.0, age.total_seconds())

    def _mark_for_tainting(self, node: Object, status: str) -> None:
        """Queue a node for its NoExecute taint, exchange one for the other at once, or take both away."""
        queue, name = self._queues.by_zone[zone_of(node)], node["metadata"]["name"]
        present = node["spec"].get("taints") or []
        wanted = taints.no_execute_key(status)
        other = taints.NOT_READY if wanted == taints.UNREACHABLE else taints.UNREACHABLE
        if wanted is None:
            queue.remove(name)
            self._write_no_execute(node, None)
        elif taints.has_no_execute(present, other):
            self._write_no_execute(node, wanted)
        else:
            if not taints.has_no_execute(present, wanted):
                queue.remove(name)
            queue.add(name)

    # NoExecute taints, at the zone's rate.

    def _taint_soon(self) -> None:
        if not self._taint_due and len(self._queues):
            self._taint_due = True
            self.loop.call_later(TAINT_PERIOD_S, self._taint)

    def _taint(self) -> None:
        self._taint_due = False
        if not self._running:
            return
        for queue in self._queues.by_zone.values():
            while (name := queue.take(self.loop.now_s)) is not None:
                node = self._nodes.get(name)
                key = taints.no_execute_key(conditions.status_of(node, "Ready")) if node else None
                if node is None or key is None:
                    continue
                if not self._write_no_execute(node, key):
                    queue.put_back(name)
                    break
        self._taint_soon()

    def _handle_disruption(self, zones: dict[str, list[bool]], nodes: list[Object]) -> None:
        """Set each zone's rate; when every zone is dead, take the taints back."""
        change = self._queues.look(zones, self.loop.now_s)
        if change is Change.STOPPED:
            for node in nodes:
                self._queues.forget(node["metadata"]["name"])
                self._write_no_execute(node, None)
        elif change is Change.RESUMED:
            for known in self._health.values():
                known.reprieve(timestamps.micros(self.loop.time()), self.loop.now_s)

    # Pods on silent nodes.

    def _mark_pods_not_ready(self, node_name: str) -> bool:
        """Turn the condition Ready of a node's Pods to False; return whether all writes were made."""
        marked = [self._mark_not_ready(pod) for pod in self._pods.by_index(BY_NODE, node_name)]
        return all(marked)

    def _mark_not_ready(self, pod: Object) -> bool:
        return mark_not_ready(self.client, self.recorder, self.loop, pod)

    def _pod_updated(self, before: Object, pod: Object) -> None:
        if before["spec"].get("nodeName") != pod["spec"].get("nodeName"):
            self._pod_bound(pod)

    def _pod_bound(self, pod: Object) -> None:
        """Mark a Pod that was bound to a node after it fell silent."""
        node = self._nodes.get(pod["spec"].get("nodeName") or "")
        if node is not None and conditions.status_of(node, "Ready") in ("False", "Unknown"):
            self._mark_not_ready(pod)

    # Writing.

    def _now(self) -> str:
        return timestamps.seconds(self.loop.time())

    def _write_no_execute(self, node: Object, key: str | None) -> bool:
        """Give a node the NoExecute taint with `key` and not the other one; None takes both away."""
        present = node["spec"].get("taints") or []
        return self._write_taints(node, *taints.no_execute_changes(present, key, self._now()))

    def _write_taints(self, node: Object, add: list[Object], remove: list[Object]) -> bool:
        """Add taints, then take others away, in two writes as upstream does; return whether both succeeded.

        Between the two a node has both, which can end a Pod that tolerates only one of them.
        """
        for changes in (add, ()), ((), remove):
            after = taints.with_changes(node["spec"].get("taints") or [], *changes)
            if not any(changes):
                continue
            metadata = node["metadata"]
            patch = {"metadata": {"resourceVersion": metadata["resourceVersion"]}, "spec": {"taints": after}}
            try:
                node = self.client.patch("nodes", metadata["name"], patch)
            except ApiError:
                self.queue.add_after(("", metadata["name"]), TAINT_PERIOD_S)
                return False
        return True

    def _reference(self, name: str) -> Object:
        """Return what an Event about a node refers to."""
        uid = self._known.get(name, "")
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "uid": uid}}

    def _node_event(self, name: str, reason: str, what: str) -> None:
        self.recorder.event(self._reference(name), "Normal", reason, f"Node {name} event: {what}")
