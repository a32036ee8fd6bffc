"""11: a new node that stays NotReady, for the agent of its network does not come.

Look-alikes: agents that are not on every node on purpose, and one that is on the new node already.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link, shown
from course.units.u16_troubleshooting.clusters.taint import reserved
from course.units.u16_troubleshooting.objects import Object, daemon_set, pod_spec
from course.units.u16_troubleshooting.town import Town
from insideout.kubelet.programs import Program

SYSTEM = "kube-system"
NOT_READY = "node.kubernetes.io/not-ready"
_EVERYTHING = {"operator": "Exists"}
_UNREADY = {"key": NOT_READY, "operator": "Exists", "effect": "NoSchedule"}


class NetworkAgent(Program):
    """The agent of a network plugin."""

    sets_up_network = True


class Toleration(Broken):
    """The network agent's DaemonSet does not tolerate a node that is not ready yet."""

    cause = "toleration"
    symptom = "a new node does not become Ready"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a log agent, which waits for Ready nodes, and a proxy and a meter that do not."""
        proxy = pod_spec(hostNetwork=True, tolerations=[_EVERYTHING])
        meter = pod_spec(hostNetwork=True, tolerations=[_UNREADY])
        for pod in (pod_spec(), proxy, meter):
            town.create(daemon_set(SYSTEM, town.name(), pod))

    @staticmethod
    def well(town: Town) -> None:
        """Put in an agent of the host network that no new node waits for."""
        town.create(daemon_set(SYSTEM, town.name(), pod_spec(hostNetwork=True)))

    def build(self) -> None:
        """Put in a network agent on all nodes but a virtual one, which has its network from elsewhere."""
        town = self.town
        self.name, image = town.name(), "registry.example/network:1"
        town.cluster.nodes.programs.register(image, NetworkAgent())
        pod = pod_spec(image, hostNetwork=True, tolerations=[{"key": "pool", "operator": "Exists"}])
        taint = {"key": "virtual-node", "value": "", "effect": "NoSchedule"}
        self.virtual = town.node(taints=(taint,))
        self.pool_node, _ = reserved(town)
        town.create(daemon_set(SYSTEM, self.name, pod))

    def spoil(self) -> None:
        """Let a node join."""
        self.node = self.town.node(network=False)
        self.town.wait(self.shows, 5)
        self.uid = self._node()["metadata"]["uid"]

    def shows(self) -> bool:
        """Tell whether the node is known and says that it is not ready."""
        nodes = [one for one in self.town.objects("nodes") if one["metadata"]["name"] == self.node]
        return any(shown(one, "Ready") == "Ready=False, KubeletNotReady" for one in nodes)

    def answer(self) -> Answer:
        """Return the DaemonSet and its tolerations."""
        return self.cause, f"daemonsets/{SYSTEM}/{self.name}", "spec.template.spec.tolerations"

    def chain(self) -> list[Link]:
        """From the node to the agent that is not on it."""
        found = self.town.client.get("daemonsets", self.name, SYSTEM)
        nodes = len(self.town.objects("nodes"))
        counts = f"wants {found['status']['desiredNumberScheduled']} pods, there are {nodes} nodes"
        keys = ", ".join(one.get("key", "all") for one in found["spec"]["template"]["spec"]["tolerations"])
        return [
            Link("symptom", f"node {self.node}", "NotReady"),
            Link("condition", "its conditions", shown(self._node(), "Ready")),
            Link("object", "its taints", f"{NOT_READY}:NoSchedule"),
            Link("owner", f"DaemonSet {self.name}, hostNetwork", counts),
            Link("field", "spec.template.spec.tolerations", keys),
        ]

    def flaw(self) -> str:
        """Look at the node, and at where the agent runs."""
        node = self._node()
        if node["metadata"]["uid"] != self.uid or shown(node, "Ready") != "Ready=True, KubeletReady":
            return "the node is not Ready"
        if any(taint["key"] == NOT_READY for taint in node["spec"].get("taints") or ()):
            return "the node is still tainted"
        on = {pod["spec"].get("nodeName") for pod in self.town.pods(SYSTEM, self.name)}
        if self.virtual in on:
            return "the agent is on the node that it is kept from"
        return "" if self.pool_node in on else "the agent is missing on a reserved node"

    def allowed(self) -> list[Allowed]:
        """Allow the template's tolerations."""
        fields = ("spec.template.spec.tolerations",)
        return [Allowed(CHANGES, "daemonsets", SYSTEM, self.name, fields)]

    def may_go(self) -> tuple[str, ...]:
        """Let go the agent's pods: a new template replaces them, one node after the other."""
        return tuple(f"pods/{SYSTEM}/{pod['metadata']['name']}" for pod in self.town.pods(SYSTEM, self.name))

    def _node(self) -> Object:
        found: Object = self.town.client.get("nodes", self.node)
        return found
