"""12: a namespace in which no name is found, for its egress policy forgets the name server.

Look-alikes: two policies that allow it together, a rule for all ports, and a policy for ingress only.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link
from course.units.u16_troubleshooting.objects import Object, deployment, network_policy, service
from course.units.u16_troubleshooting.town import Town
from insideout.network.enforcer import NAME_SERVER
from insideout.network.policies import allowed as passes

EGRESS = ["Egress"]


def names() -> list[Object]:
    """Return the egress rules that let the name server be asked."""
    to = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAME_SERVER["namespace"]}}}
    ports = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
    return [{"to": [to], "ports": ports}]


def to_app(app: str) -> list[Object]:
    """Return the egress rules that let the pods of a workload be reached."""
    return [{"to": [{"podSelector": {"matchLabels": {"app": app}}}], "ports": [{"port": 8080}]}]


class Egress(Broken):
    """Egress is closed but for one destination, and names come from elsewhere."""

    cause = "egress"
    symptom = "names are not found in one namespace"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in namespaces whose policies look as strict."""
        closed, open_, inward = town.namespace(), town.namespace(), town.namespace()
        town.create(network_policy(closed, town.name(), policyTypes=EGRESS))
        town.create(network_policy(closed, town.name(), policyTypes=EGRESS, egress=names()))
        anywhere: list[Object] = [{"to": [{"namespaceSelector": {}}]}]
        town.create(network_policy(open_, town.name(), policyTypes=EGRESS, egress=anywhere))
        town.create(network_policy(inward, town.name(), policyTypes=["Ingress"]))

    def build(self) -> None:
        """Put in a workload that calls another one, and a database that it must not reach."""
        town = self.town
        self.namespace, self.policy = town.namespace(), town.name()
        self.caller, self.called, self.database = town.name(), town.name(), town.name()
        for name in (self.caller, self.called, self.database):
            town.create(deployment(self.namespace, name, 1), service(self.namespace, name))

    def spoil(self) -> None:
        """Close egress, but for the one workload that is called."""
        made = network_policy(self.namespace, self.policy, policyTypes=EGRESS, egress=to_app(self.called))
        self.town.create(
            made, network_policy(self.namespace, self.town.name(), policyTypes=["Ingress"], ingress=[{}])
        )

    def answer(self) -> Answer:
        """Return the policy and its egress rules."""
        return self.cause, f"networkpolicies/{self.namespace}/{self.policy}", "spec.egress"

    def chain(self) -> list[Link]:
        """From the request to the policy that selects the pod."""
        pod = self._pod(self.caller)["metadata"]["name"]
        answer = self.town.cluster.request(f"http://{self.called}/", source=pod, namespace=self.namespace)
        return [
            Link("symptom", f"pod {pod}", answer.error),
            Link("condition", "pods and endpoints", "Ready=True: they are not the trouble"),
            Link("owner", f"policies of {self.namespace} with Egress", self.policy),
            Link("object", "the name server", "port 53, UDP and TCP, in kube-system"),
            Link("field", "spec.egress ports", "8080"),
        ]

    def flaw(self) -> str:
        """Send what must pass, and what must not."""
        for protocol in ("UDP", "TCP"):
            if not self._passes(f"{NAME_SERVER['namespace']}/{NAME_SERVER['name']}", 53, protocol):
                return f"the name server cannot be asked over {protocol}"
        if not self._passes(self._name(self.called), 8080, "TCP"):
            return "what could be reached before cannot be reached now"
        if self._passes(self._name(self.database), 8080, "TCP"):
            return "the database can be reached now"
        pod = self._pod(self.caller)["metadata"]["name"]
        answer = self.town.cluster.request(f"http://{self.called}:80/", source=pod, namespace=self.namespace)
        return "" if answer.ok else answer.error or f"status {answer.status}"

    def allowed(self) -> list[Allowed]:
        """Allow a policy more in this namespace, or a rule more in this one."""
        return [
            Allowed(("create",), "networkpolicies", self.namespace, ""),
            Allowed(CHANGES, "networkpolicies", self.namespace, self.policy, ("spec.egress",)),
        ]

    def _pod(self, app: str) -> Object:
        return self.town.pods(self.namespace, app)[0]

    def _name(self, app: str) -> str:
        return f"{self.namespace}/{self._pod(app)['metadata']['name']}"

    def _passes(self, destination: str, port: int, protocol: str) -> bool:
        town = self.town
        namespaces = {
            one["metadata"]["name"]: one["metadata"].get("labels") or {} for one in town.objects("namespaces")
        }
        namespaces.setdefault(
            NAME_SERVER["namespace"], {"kubernetes.io/metadata.name": NAME_SERVER["namespace"]}
        )
        pods = [_view(pod) for pod in town.objects("pods") if pod["status"].get("podIP")]
        stored = town.objects("networkpolicies")
        return passes(
            stored, namespaces, [*pods, NAME_SERVER], self._name(self.caller), destination, port, protocol
        )


def _view(pod: Object) -> Object:
    return {
        "namespace": pod["metadata"]["namespace"],
        "name": pod["metadata"]["name"],
        "labels": pod["metadata"].get("labels") or {},
        "ip": pod["status"]["podIP"],
        "ports": [],
        "hostNetwork": bool(pod["spec"].get("hostNetwork")),
    }
