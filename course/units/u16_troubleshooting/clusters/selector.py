"""1: a Service whose selector selects nothing; in every other cluster a webhook calls it, and may go without.

Look-alikes: a Service whose workload is scaled to zero, one that leads to a pod without a workload, and one
without a selector, whose endpoints others keep.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link
from course.units.u16_troubleshooting.objects import deployment, pod_spec, service, validating_webhook
from course.units.u16_troubleshooting.town import Town, ready


class Selector(Broken):
    """The selector has a label that no pod has."""

    cause = "selector"
    symptom = "callers of a Service are refused"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a workload that sleeps, a pod without one, and a Service that somebody else fills."""
        namespace, asleep, alone = town.namespace(), town.name(), town.name()
        named = [{"port": 80, "targetPort": "web"}]
        town.create(deployment(namespace, asleep, 0), service(namespace, asleep, named))
        metadata = {"name": alone, "namespace": namespace, "labels": {"app": alone}}
        town.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec()})
        town.create(service(namespace, alone), deployment(namespace, town.name(), 1))
        town.create(service(namespace, town.name(), selector=None))

    def build(self) -> None:
        """Put in a Deployment and its Service, with a tier that a neighbour has too."""
        town = self.town
        self.namespace, self.name, neighbour = town.namespace(), town.name(), town.name()
        for name in (self.name, neighbour):
            made = deployment(self.namespace, name, 3 if name == self.name else 1)
            for labels in (
                made["spec"]["selector"]["matchLabels"],
                made["spec"]["template"]["metadata"]["labels"],
            ):
                labels["tier"] = "front"
            town.create(made, service(self.namespace, name, selector={"app": name, "tier": "front"}))
        if town.seed % 2:
            town.create(validating_webhook(self.name, self.namespace, town.namespace(), "Ignore"))

    def spoil(self) -> None:
        """Write a letter wrong, in a value or in a key, or ask for a label too many."""
        right = {"app": self.name, "tier": "front"}
        ways = [
            right | {"tier": "fornt"},
            right | {"release": "stable"},
            right | {"app": self.name.replace("-", "", 1)},
            {"apps": self.name, "tier": "front"},
        ]
        self.wrong = ways[self.town.seed % len(ways)]
        found = self.town.client.get("services", self.name, self.namespace)
        found["spec"]["selector"] = self.wrong
        self.town.client.update("services", found, self.namespace)

    def answer(self) -> Answer:
        """Return the Service and its selector."""
        return self.cause, f"services/{self.namespace}/{self.name}", "spec.selector"

    def chain(self) -> list[Link]:
        """From the Service by its slice to the labels."""
        pod = self.town.pods(self.namespace, self.name)[0]
        labels = {
            key: value for key, value in pod["metadata"]["labels"].items() if key != "pod-template-hash"
        }
        return [
            Link("symptom", f"Service {self.name}", "connections are refused"),
            Link("object", "its EndpointSlices", f"{len(self._addresses())} addresses"),
            Link("condition", "the pods of its workload", "Ready=True: they are not the trouble"),
            Link("owner", "labels of these pods", _pairs(labels)),
            Link("field", "Service spec.selector", _pairs(self.wrong)),
        ]

    def flaw(self) -> str:
        """Compare the ready addresses with the ready pods of this Deployment."""
        pods = {pod["metadata"]["uid"] for pod in self.town.pods(self.namespace, self.name) if ready(pod)}
        found = self._addresses()
        if len(pods) == 3 and found == pods:
            return ""
        return f"the Service has {len(found & pods)} of 3 pods and {len(found - pods)} others"

    def allowed(self) -> list[Allowed]:
        """Allow the Service's selector."""
        return [Allowed(CHANGES, "services", self.namespace, self.name, ("spec.selector",))]

    def _addresses(self) -> set[str]:
        chosen = f"kubernetes.io/service-name={self.name}"
        slices = self.town.objects("endpointslices", self.namespace, label_selector=chosen)
        ends = [end for one in slices for end in one.get("endpoints") or ()]
        return {end["targetRef"]["uid"] for end in ends if end["conditions"].get("ready")}


def _pairs(labels: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items())
