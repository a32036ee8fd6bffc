"""4: a quota that leaves no room for pods that are wanted.

Look-alikes: a quota for other objects that is full, and one for pods that is full and holds nobody up.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link, shown
from course.units.u16_troubleshooting.objects import deployment, quota, service
from course.units.u16_troubleshooting.town import Town


class Quota(Broken):
    """`spec.hard.pods` is less than the workloads of the namespace want together."""

    cause = "quota"
    symptom = "a workload has too few pods"
    heals_s = 180  # a ReplicaSet that was refused comes back later and later

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a namespace that is exactly full."""
        namespace, name = town.namespace(), town.name()
        town.create(quota(namespace, town.name(), {"pods": "2"}))
        town.wait(lambda: _counted(town, namespace), 1)
        town.create(deployment(namespace, name, 2))

    def build(self) -> None:
        """Put in two workloads, and quotas: three for pods, with room, and a full one for Services."""
        town = self.town
        self.namespace, self.name, other = town.namespace(), town.name(), town.name()
        self.room = town.rng.randrange(1, 3)
        first, second, self.quota, last = sorted(town.name() for _ in range(4))
        town.create(quota(self.namespace, self.quota, {"pods": str(4 + self.room), "configmaps": "20"}))
        town.create(quota(self.namespace, first, {"services": "1"}))
        town.create(
            quota(self.namespace, second, {"pods": "30"}), quota(self.namespace, last, {"pods": "40"})
        )
        town.wait(lambda: _counted(town, self.namespace), 1)
        town.create(deployment(self.namespace, self.name, 2), deployment(self.namespace, other, 2))
        town.create(service(self.namespace, other))

    def spoil(self) -> None:
        """Ask for more pods than there is room for."""
        self.wanted = 2 + self.room + self.town.rng.randrange(1, 4)
        self.town.client.patch("deployments", self.name, {"spec": {"replicas": self.wanted}}, self.namespace)

    def shows(self) -> bool:
        """Tell whether the Deployment says it."""
        found = self.town.client.get("deployments", self.name, self.namespace)
        return shown(found, "ReplicaFailure") == "ReplicaFailure=True, FailedCreate"

    def answer(self) -> Answer:
        """Return the quota and its limits."""
        return self.cause, f"resourcequotas/{self.namespace}/{self.quota}", "spec.hard"

    def chain(self) -> list[Link]:
        """From the Deployment to the quota of its namespace."""
        client = self.town.client
        found = client.get("deployments", self.name, self.namespace)
        status = client.get("resourcequotas", self.quota, self.namespace)["status"]
        sets = self.town.objects("replicasets", self.namespace, label_selector=f"app={self.name}")
        return [
            Link(
                "symptom", f"Deployment {self.name}", f"{found['status']['replicas']} of {self.wanted} pods"
            ),
            Link("condition", "its conditions", shown(found, "ReplicaFailure")),
            Link("owner", "its ReplicaSet says the same", sets[0]["metadata"]["name"]),
            Link("object", f"ResourceQuota {self.quota}", f"pods: {status['used']['pods']} used"),
            Link("field", "spec.hard", f"pods: {status['hard']['pods']}"),
        ]

    def flaw(self) -> str:
        """Count the pods, and see whether there is still a limit."""
        found = self.town.client.get("deployments", self.name, self.namespace)
        available, wanted = found["status"].get("availableReplicas", 0), found["spec"]["replicas"]
        if (available, wanted) != (self.wanted, self.wanted):
            return f"{available} of {self.wanted} pods are available, and {wanted} are asked for"
        hard = self.town.client.get("resourcequotas", self.quota, self.namespace)["spec"]["hard"]
        limit = hard.get("pods", "")
        if not limit.isdecimal() or int(limit) > 2 * (self.wanted + 2):
            return f"the quota allows {limit or 'any number of'} pods where {self.wanted + 2} are wanted"
        return ""

    def allowed(self) -> list[Allowed]:
        """Allow the quota's number of pods."""
        return [Allowed(CHANGES, "resourcequotas", self.namespace, self.quota, ("spec.hard.pods",))]


def _counted(town: Town, namespace: str) -> bool:
    """Tell whether it is known what the quotas of a namespace are used for."""
    return all("hard" in (one.get("status") or {}) for one in town.objects("resourcequotas", namespace))
