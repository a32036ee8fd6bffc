"""9, the other way: a namespace that does not go, for nobody answers for a group of the API.

Nobody knows then what the group has in the namespace, so it stays.  Look-alikes: a group whose server
answers, groups without a server of their own, and a namespace that only waits for its last pod to end.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link, shown
from course.units.u16_troubleshooting.objects import (
    Object,
    api_service,
    config_map,
    deployment,
    pod_spec,
    service,
)
from course.units.u16_troubleshooting.tls import GroupServer
from course.units.u16_troubleshooting.town import Town, ready

SERVER = "registry.example/api:1"
_VERY_LONG_S = 36_000


def server(town: Town) -> tuple[str, str]:
    """Put in a server of the API and its group; return the server's namespace and name."""
    namespace, name = town.namespace(), town.name()
    number = town.rng.choice((4443, 6443, 8443))
    if town.is_real:
        town.cluster.nodes.programs.register(SERVER, GroupServer())
    town.create(
        deployment(namespace, name, 1, pod_spec(SERVER, ports=(("https", number),))),
        service(namespace, name, [{"port": 443, "targetPort": number}]),
        api_service(f"{name}.example.com", namespace, name),
    )
    return namespace, name


class ApiService(Broken):
    """The Service that an APIService names is not there."""

    cause = "apiservice"
    symptom = "a namespace stays Terminating"
    reaches_all = True
    heals_s = 120  # the namespace is looked at again later and later, at last once a minute

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a server that answers, and a namespace whose pod takes its time to end."""
        server(town)
        town.cluster.table("apiservices")  # whoever asks first finds those of the cluster's own groups
        leaving, name = town.namespace(), town.name()
        pod = pod_spec(terminationGracePeriodSeconds=_VERY_LONG_S)
        pod["containers"][0]["lifecycle"] = {"preStop": {"sleep": {"seconds": _VERY_LONG_S}}}
        metadata = {"name": name, "namespace": leaving}
        town.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod})
        town.later.append(lambda: town.client.delete("namespaces", leaving))

    def build(self) -> None:
        """Put in a server of the API, and a namespace with a workload."""
        town = self.town
        self.namespace, self.name = server(town)
        self.leaving = town.namespace()
        town.create(deployment(self.leaving, town.name(), 1), config_map(self.leaving, town.name()))

    def spoil(self) -> None:
        """Take the server's Service away, and delete the namespace."""
        self.town.client.delete("services", self.name, self.namespace)
        self.town.wait(lambda: shown(self._group(), "Available").startswith("Available=False"), 2)
        self.town.client.delete("namespaces", self.leaving)

    def shows(self) -> bool:
        """Tell whether the namespace says it, and nothing else is left in it."""
        found = self.town.client.get("namespaces", self.leaving)
        said = "NamespaceDeletionDiscoveryFailure"
        kinds = ("configmaps", "pods", "deployments", "replicasets")
        left = any(self.town.objects(resource, self.leaving) for resource in kinds)
        return not left and shown(found, said) == f"{said}=True, DiscoveryFailed"

    def answer(self) -> Answer:
        """Return the APIService and the Service that it names."""
        return self.cause, f"apiservices/v1.{self.name}.example.com", "spec.service"

    def chain(self) -> list[Link]:
        """From the namespace by the group to the Service that is not there."""
        found = self.town.client.get("namespaces", self.leaving)
        running = len([pod for pod in self.town.pods(self.namespace, self.name) if ready(pod)])
        return [
            Link("symptom", f"namespace {self.leaving}", "Terminating"),
            Link("condition", "its conditions", shown(found, "NamespaceDeletionDiscoveryFailure")),
            Link("object", f"APIService v1.{self.name}.example.com", shown(self._group(), "Available")),
            Link("owner", f"its server, Deployment {self.name}", f"{running} of 1 pods ready"),
            Link("field", "spec.service", f"{self.namespace}/{self.name}, port 443: not there"),
        ]

    def flaw(self) -> str:
        """Ask for the group and for the namespace."""
        if not self._group():
            return "the group is gone, and its server still runs"
        if not shown(self._group(), "Available").startswith("Available=True"):
            return "nobody answers for the group"
        return "the namespace is still there" if self._is_there() else ""

    def allowed(self) -> list[Allowed]:
        """Allow the Service that is missing."""
        return [Allowed(("create", *CHANGES), "services", self.namespace, self.name)]

    def may_go(self) -> tuple[str, ...]:
        """Let go the namespace."""
        return (f"namespaces/{self.leaving}",)

    def _group(self) -> Object:
        """Return the APIService, an empty object when it is gone."""
        name = f"v1.{self.name}.example.com"
        found = self.town.objects("apiservices")
        return next((one for one in found if one["metadata"]["name"] == name), {})

    def _is_there(self) -> bool:
        return any(one["metadata"]["name"] == self.leaving for one in self.town.objects("namespaces"))
