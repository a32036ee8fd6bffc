"""5: a pod that no node takes, for somebody forgot a taint.

Look-alikes: a reserved node that is in maintenance and keeps its pods, and a pod that waits on purpose.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link, shown
from course.units.u16_troubleshooting.objects import Object, deployment, pod_spec
from course.units.u16_troubleshooting.town import Town, ready

MAINTENANCE = "example.com/maintenance"


def reserved(town: Town) -> tuple[str, str]:
    """Let a node join that is reserved for a pool; return its name and the pool's."""
    pool = town.name()
    taint = {"key": "pool", "value": pool, "effect": "NoSchedule"}
    return town.node(labels={"pool": pool}, taints=(taint,)), pool


def pool_pod(pool: str) -> Object:
    """Return the spec of pods that belong to a pool."""
    tolerations = [{"key": "pool", "operator": "Equal", "value": pool, "effect": "NoSchedule"}]
    return pod_spec(nodeSelector={"pool": pool}, tolerations=tolerations)


def add_taint(town: Town, name: str, taint: Object) -> None:
    """Taint a node that has one taint, and let the two stand in any order."""
    node = town.client.get("nodes", name)
    node["spec"]["taints"] = town.rng.sample([*node["spec"]["taints"], taint], 2)
    town.client.update("nodes", node)


class Taint(Broken):
    """The only node of a pool has a taint that its pods do not tolerate."""

    cause = "taint"
    symptom = "a pod is Pending"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a reserved node whose pods stay while it is in maintenance, and a pod held by a gate."""
        namespace, name, held = town.namespace(), town.name(), town.name()
        node, pool = reserved(town)
        town.create(deployment(namespace, name, 1, pool_pod(pool)))
        town.later.append(lambda: add_taint(town, node, {"key": MAINTENANCE, "effect": "NoSchedule"}))
        gates = [{"name": "example.com/approval"}]
        town.create(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": held, "namespace": namespace},
                "spec": pool_pod(pool) | {"schedulingGates": gates},
            }
        )

    def build(self) -> None:
        """Put in a pool of one node, and pods on it."""
        town = self.town
        self.namespace, self.name = town.namespace(), town.name()
        self.node, self.pool = reserved(town)
        town.create(deployment(self.namespace, self.name, 2, pool_pod(self.pool)))

    def spoil(self) -> None:
        """Forget a taint, and ask for one pod more."""
        town = self.town
        key = town.rng.choice((MAINTENANCE, "example.com/upgrade", "example.com/broken-disk"))
        self.stray = {"key": key, "effect": "NoSchedule"}
        add_taint(town, self.node, self.stray)
        town.client.patch("deployments", self.name, {"spec": {"replicas": 3}}, self.namespace)
        town.wait(lambda: any(map(_waits, town.pods(self.namespace, self.name))), 5)
        self.pod = next(pod for pod in town.pods(self.namespace, self.name) if not ready(pod))

    def answer(self) -> Answer:
        """Return the node and its taints."""
        return self.cause, f"nodes/{self.node}", "spec.taints"

    def chain(self) -> list[Link]:
        """From the pod to the nodes that it may be on."""
        keys = [taint["key"] for taint in self.town.client.get("nodes", self.node)["spec"]["taints"]]
        name = self.pod["metadata"]["name"]
        return [
            Link("symptom", f"pod {name}", "Pending"),
            Link("condition", "its conditions", shown(self._pod() or self.pod, "PodScheduled")),
            Link("owner", "nodes that its selector allows", self.node),
            Link("object", "taints that it tolerates", "pool"),
            Link("field", "spec.taints of the node", ", ".join(sorted(keys))),
        ]

    def flaw(self) -> str:
        """Look for the same pod, on the pool's node, and for the taint that reserves it."""
        pod, node = self._pod(), self.town.client.get("nodes", self.node)
        if pod is None:
            return "the pod that was Pending is gone"
        if not ready(pod) or pod["spec"].get("nodeName") != self.node:
            return "the pod that was Pending does not run on its pool's node"
        if not any(taint["key"] == "pool" for taint in node["spec"].get("taints") or ()):
            return "the node is no longer reserved for its pool"
        return ""

    def allowed(self) -> list[Allowed]:
        """Allow the node's taints."""
        return [Allowed(CHANGES, "nodes", "", self.node, ("spec.taints",))]

    def _pod(self) -> Object | None:
        uid = self.pod["metadata"]["uid"]
        return next(
            (p for p in self.town.pods(self.namespace, self.name) if p["metadata"]["uid"] == uid), None
        )


def _waits(pod: Object) -> bool:
    return shown(pod, "PodScheduled") == "PodScheduled=False, Unschedulable"
