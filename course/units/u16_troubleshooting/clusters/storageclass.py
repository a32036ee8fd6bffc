"""6: a claim that stays without a volume, for its StorageClass is not there.

Look-alikes: a claim that waits for its first consumer, and one that is bound and whose class was removed
since.
"""

from course.units.u16_troubleshooting.clusters.broken import Allowed, Answer, Broken, Link, condition, shown
from course.units.u16_troubleshooting.objects import Object, claim, deployment, pod_spec, storage_class
from course.units.u16_troubleshooting.town import Town, ready


def pod_with(claim_name: str) -> Object:
    """Return the spec of a pod that mounts a claim."""
    return pod_spec(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": claim_name}}])


class StorageClass(Broken):
    """The claim names a StorageClass that does not exist."""

    cause = "storageclass"
    symptom = "a pod is Pending"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a claim that nobody uses yet, and one whose class is gone."""
        namespace, late, gone = town.namespace(), town.name(), town.name()
        provisioner = provisioner_of(town)
        town.create(storage_class(late, provisioner, volumeBindingMode="WaitForFirstConsumer"))
        town.create(storage_class(gone, provisioner))
        town.create(claim(namespace, town.name(), late), claim(namespace, town.name(), gone))
        town.before_later.append(lambda: _has_bound(town, namespace))
        town.later.append(lambda: town.client.delete("storageclasses", gone))

    def build(self) -> None:
        """Put in a workload with a claim of the default class."""
        town = self.town
        self.namespace, neighbour = town.namespace(), town.name()
        self.provisioner = provisioner_of(town)
        town.create(claim(self.namespace, neighbour))
        town.wait(lambda: _has_bound(town, self.namespace), 0)
        town.create(deployment(self.namespace, neighbour, 1, pod_with(neighbour)))

    def spoil(self) -> None:
        """Ask for a class that nobody has made."""
        town = self.town
        self.name, self.missing = town.name(), town.name()
        town.create(claim(self.namespace, self.name, self.missing))
        town.create(deployment(self.namespace, self.name, 1, pod_with(self.name)))
        self.uid = self._claim()["metadata"]["uid"]

    def shows(self) -> bool:
        """Tell whether its pod was looked at, and its claim, too."""
        pods = self.town.pods(self.namespace, self.name)
        events = self.town.objects("events", self.namespace)
        failed = any(event["reason"] == "ProvisioningFailed" for event in events)
        return failed and any(condition(pod, "PodScheduled")["status"] == "False" for pod in pods)

    def answer(self) -> Answer:
        """Return the claim and the name of its class."""
        return self.cause, f"persistentvolumeclaims/{self.namespace}/{self.name}", "spec.storageClassName"

    def chain(self) -> list[Link]:
        """From the pod by its claim to the class."""
        pod = self.town.pods(self.namespace, self.name)[0]
        classes = ", ".join(one["metadata"]["name"] for one in self.town.objects("storageclasses"))
        return [
            Link("symptom", f"pod {pod['metadata']['name']}", "Pending"),
            Link("condition", "its conditions", shown(pod, "PodScheduled")),
            Link("owner", f"its volume's claim {self.name}", self._claim()["status"]["phase"]),
            Link("object", "StorageClasses that there are", classes),
            Link("field", "spec.storageClassName", self.missing),
        ]

    def flaw(self) -> str:
        """Look for the same claim, bound, and for its pod."""
        found = self._claim()
        if found["metadata"]["uid"] != self.uid or found["status"]["phase"] != "Bound":
            return "the claim that waited has no volume"
        return "" if any(map(ready, self.town.pods(self.namespace, self.name))) else "its pod does not run"

    def allowed(self) -> list[Allowed]:
        """Allow the class that is missing."""
        return [Allowed(("create",), "storageclasses", "", self.missing)]

    def _claim(self) -> Object:
        found: Object = self.town.client.get("persistentvolumeclaims", self.name, self.namespace)
        return found


def provisioner_of(town: Town) -> str:
    """Return who makes volumes in this cluster."""
    found: str = town.objects("storageclasses")[0]["provisioner"]
    return found


def _has_bound(town: Town, namespace: str) -> bool:
    """Tell whether a claim of a namespace is bound."""
    found = town.objects("persistentvolumeclaims", namespace)
    return any(one["status"]["phase"] == "Bound" for one in found)
