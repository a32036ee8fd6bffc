"""The node lifecycle controller as a component.

Left out: copying the old operating-system labels, and a queue for Pods whose marking failed: the next pass
marks them again.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go@v1.36.2.
"""

from insideout.apimachinery import conditions, timestamps
from insideout.apimachinery.copies import copied
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.informers import BY_NODE
from insideout.controllers.nodelifecycle import health, taints
from insideout.controllers.nodelifecycle.health import NodeHealth
from insideout.controllers.nodelifecycle.ratelimit import RateLimitedQueue
from insideout.controllers.nodelifecycle.zones import (
    EVICTION_QPS,
    EXCLUDE_LABEL,
    ZoneState,
    zone_of,
    zone_qps,
    zone_state,
)
from insideout.controllers.podcontrol import patch_status

TAINT_PERIOD_S = 0.1
"""How often the queues of nodes to taint are looked at."""


class NodeLifecycleController(Controller):
    """Watches over Nodes: conditions, taints, and the readiness of Pods on silent ones."""

    name = "node-controller"

    def watch(self) -> None:
        """Watch Nodes, Leases and Pods."""
        self._nodes = self.on("nodes", add=self.enqueue, update=lambda _, node: self.enqueue(node))
        self._leases = self.on("leases")
        self._pods = self.on("pods", add=self._pod_bound, update=self._pod_updated)
        self._known: dict[str, str] = {}
        self._health: dict[str, NodeHealth] = {}
        self._queues: dict[str, RateLimitedQueue] = {}
        self._zone_states: dict[str, ZoneState] = {}
        self._to_mark: dict[str, None] = {}
        self._taint_due = False

    def began(self) -> None:
        """Look at all nodes every few seconds from now on."""
        self._monitor()

    def sync(self, key: Key) -> None:
        """Give a node the NoSchedule taints that its conditions call for, at once."""
        node = self._nodes.get(key[1])
        if node is None:
            return
        node_conditions = (node.get("status") or {}).get("conditions") or ()
        keys = taints.no_schedule_keys(node_conditions, bool(node["spec"].get("unschedulable")))
        before = node["spec"].get("taints") or []
        self._write_taints(node, before, taints.with_no_schedule(before, keys, self._now()))

    # The monitor.

    def _monitor(self) -> None:
        if not self._running:
            return
        self.loop.call_later(health.MONITOR_PERIOD_S, self._monitor)
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
            zone = zone_of(node)
            if zone not in self._queues:
                self._queues[zone] = RateLimitedQueue(EVICTION_QPS, self.loop.now_s)
                self._zone_states[zone] = ZoneState.INITIAL
            if name not in self._known:
                self._known[name] = node["metadata"]["uid"]
                self._node_event(name, "RegisteredNode", f"Registered Node {name} in Controller")
        for name in [name for name in self._known if name not in present]:
            self._node_event(name, "RemovingNode", f"Removing Node {name} from Controller")
            del self._known[name]
            self._health.pop(name, None)
            self._to_mark.pop(name, None)
            for queue in self._queues.values():
                queue.remove(name)

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
        grace_s = health.MONITOR_GRACE_PERIOD_S if heartbeat else health.STARTUP_GRACE_PERIOD_S
        if not known.is_silent(now_s, grace_s):
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

    def _first_seen_s(self, node: Object, heartbeat: str) -> float:
        """Return since when to wait for a new node: from its creation if it never reported, else now."""
        if heartbeat:
            return self.loop.now_s
        age = self.loop.time() - timestamps.parse(node["metadata"]["creationTimestamp"])
        return self.loop.now_s - max(0.0, age.total_seconds())

    def _mark_for_tainting(self, node: Object, status: str) -> None:
        """Queue a node for its NoExecute taint, exchange one for the other at once, or take both away."""
        queue, name = self._queues[zone_of(node)], node["metadata"]["name"]
        present = node["spec"].get("taints") or []
        wanted = taints.no_execute_key(status)
        if wanted is None:
            queue.remove(name)
            self._write_taints(node, present, taints.with_no_execute(present, None, self._now()))
            return
        other = taints.NOT_READY if wanted == taints.UNREACHABLE else taints.UNREACHABLE
        if taints.has_no_execute(present, other):
            self._write_taints(node, present, taints.with_no_execute(present, wanted, self._now()))
        else:
            if not taints.has_no_execute(present, wanted):
                queue.remove(name)
            queue.add(name)

    # NoExecute taints, at the zone's rate.

    def _taint_soon(self) -> None:
        if not self._taint_due and any(len(queue) for queue in self._queues.values()):
            self._taint_due = True
            self.loop.call_later(TAINT_PERIOD_S, self._taint)

    def _taint(self) -> None:
        self._taint_due = False
        if not self._running:
            return
        for queue in self._queues.values():
            while (name := queue.take(self.loop.now_s)) is not None:
                node = self._nodes.get(name)
                key = taints.no_execute_key(conditions.status_of(node, "Ready")) if node else None
                if node is None or key is None:
                    continue
                present = node["spec"].get("taints") or []
                if not self._write_taints(node, present, taints.with_no_execute(present, key, self._now())):
                    queue.put_back(name)
                    break
        self._taint_soon()

    def _handle_disruption(self, zones: dict[str, list[bool]], nodes: list[Object]) -> None:
        """Set each zone's rate; when every zone is dead, stop, and take the taints back."""
        states = {zone: zone_state(ready) for zone, ready in zones.items()}
        for zone in [zone for zone in self._zone_states if zone not in states]:
            del self._zone_states[zone]
        full = ZoneState.FULL_DISRUPTION
        all_dead = all(state is full for state in states.values())
        all_were_dead = all(state is full for state in self._zone_states.values())
        now_s = self.loop.now_s
        if all_dead and all_were_dead:
            return
        if all_dead:
            for node in nodes:
                present = node["spec"].get("taints") or []
                self._queues[zone_of(node)].remove(node["metadata"]["name"])
                self._write_taints(node, present, taints.with_no_execute(present, None, self._now()))
            for zone in states:
                self._queues[zone].set_rate(0.0, now_s)
                self._zone_states[zone] = full
            return
        if all_were_dead:
            # The fault was here, or in between: everybody is given a full grace period again.
            for known in self._health.values():
                known.seen_s = now_s
        for zone, state in states.items():
            if all_were_dead or self._zone_states.get(zone) is not state:
                self._queues[zone].set_rate(zone_qps(state, len(zones[zone])), now_s)
            self._zone_states[zone] = state

    # Pods on silent nodes.

    def _mark_pods_not_ready(self, node_name: str) -> bool:
        """Turn the condition Ready of a node's Pods to False; return whether all writes were made."""
        marked = [self._mark_not_ready(pod) for pod in self._pods.by_index(BY_NODE, node_name)]
        return all(marked)

    def _mark_not_ready(self, pod: Object) -> bool:
        ready = conditions.find(pod, "Ready")
        if ready is None or ready["status"] != "True":
            return True
        marked = {"type": "Ready", "status": "False", "lastTransitionTime": self._now()}
        try:
            patch_status(self.client, pod, {"conditions": [marked]})
        except ApiError as refused:
            return refused.code in (404, 409)
        self.recorder.event(pod, "Warning", "NodeNotReady", "Node is not ready")
        return True

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

    def _write_taints(self, node: Object, before: list[Object], after: list[Object]) -> bool:
        """Write a node's taints if they changed; return whether the node has them now."""
        if before == after:
            return True
        metadata = node["metadata"]
        patch = {"metadata": {"resourceVersion": metadata["resourceVersion"]}, "spec": {"taints": after}}
        try:
            self.client.patch("nodes", metadata["name"], patch)
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
