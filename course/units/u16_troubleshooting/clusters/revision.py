"""7: a StatefulSet that went back to its old template, and stands still.

Look-alikes: a StatefulSet with a partition, whose pods keep the old revision on purpose, and one that
starts slowly.
"""

from course.units.u16_troubleshooting.clusters.broken import Allowed, Answer, Broken, Link
from course.units.u16_troubleshooting.objects import Object, pod_spec, stateful_set
from course.units.u16_troubleshooting.town import Town, ready

LABEL = "controller-revision-hash"


class Revision(Broken):
    """An unready pod of a revision that nobody wants any more, which OrderedReady waits for."""

    cause = "revision"
    symptom = "a StatefulSet was rolled back and does not come back"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a canary by partition, and a first pod that takes its time."""
        namespace, canary, slow = town.namespace(), town.name(), town.name()
        partition = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
        town.create(stateful_set(namespace, canary, 2, updateStrategy=partition))
        warm = {"program.course/app": "unready; ready after 3600s"}
        town.create(stateful_set(namespace, slow, 2, pod_spec(annotations=warm)))
        template = stateful_set(namespace, canary, 2, pod_spec("registry.example/web:2"))["spec"]["template"]
        town.before_later.append(lambda: len(town.pods(namespace, canary)) == 2)
        town.after_later.append(lambda: _is_canary(town.client.get("statefulsets", canary, namespace)))
        town.later.append(
            lambda: town.client.patch("statefulsets", canary, {"spec": {"template": template}}, namespace)
        )

    def build(self) -> None:
        """Put in a StatefulSet that runs, and a pod that is nobody's."""
        self.namespace, self.name = self.town.namespace(), self.town.name()
        self.replicas = self.town.rng.randrange(2, 4)
        self._good = stateful_set(self.namespace, self.name, self.replicas)
        self.town.before_later.append(lambda: self._set()["status"].get("readyReplicas") == self.replicas)
        metadata = {"name": self.town.name(), "namespace": self.namespace}
        alone = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec()}
        self.town.create(self._good, alone)

    def spoil(self) -> None:
        """Release an image that is not there; a minute later take the template back."""
        town, bad = self.town, f"registry.example/{self.name}:none"
        town.cluster.nodes.registry.set(bad, error="manifest unknown")
        wrong = stateful_set(self.namespace, self.name, self.replicas, pod_spec(bad))
        self.pod = f"{self.name}-{self.replicas - 1}"
        for template, holds in (
            (wrong["spec"]["template"], self._pulls),
            (self._good["spec"]["template"], self.shows),
        ):
            town.client.patch("statefulsets", self.name, {"spec": {"template": template}}, self.namespace)
            town.wait(holds, 30)

    def _pulls(self) -> bool:
        """Tell whether the last pod has the wrong image, and waits for it."""
        found = self.town.pods(self.namespace, self.name)
        mine = [pod for pod in found if pod["metadata"]["name"] == self.pod]
        return any(
            "waiting" in one["state"] for pod in mine for one in pod["status"].get("containerStatuses") or ()
        ) and not any(map(ready, mine))

    def shows(self) -> bool:
        """Tell whether another revision is wanted than that of the pod, which still waits."""
        wanted = self._set()["status"]["updateRevision"]
        pod = self.town.client.get("pods", self.pod, self.namespace)
        return not ready(pod) and pod["metadata"]["labels"][LABEL] != wanted

    def answer(self) -> Answer:
        """Return the pod and the label with its revision."""
        return self.cause, f"pods/{self.namespace}/{self.pod}", f"metadata.labels.{LABEL}"

    def chain(self) -> list[Link]:
        """From the set by its unready pod to two revisions."""
        found, pod = self._set(), self.town.client.get("pods", self.pod, self.namespace)
        wanted, has = found["status"]["updateRevision"], pod["metadata"]["labels"][LABEL]
        return [
            Link(
                "symptom",
                f"StatefulSet {self.name}",
                f"{found['status'].get('readyReplicas', 0)} of {self.replicas} ready",
            ),
            Link("condition", f"pod {self.pod}", "Ready=False"),
            Link("owner", "its StatefulSet", f"OrderedReady, wants {wanted.rpartition('-')[2]}"),
            Link("object", "image in the set's template", "the good one: it was taken back"),
            Link("field", f"the pod's label {LABEL}", has.rpartition("-")[2]),
        ]

    def flaw(self) -> str:
        """Count the ready pods, and compare the revisions."""
        found = self._set()
        status = found["status"]
        count = status.get("readyReplicas", 0)
        if count != self.replicas or status["currentRevision"] != status["updateRevision"]:
            return f"{count} of {self.replicas} pods are ready, and their revisions differ"
        return ""

    def allowed(self) -> list[Allowed]:
        """Allow the deletion of that pod."""
        return [Allowed(("delete",), "pods", self.namespace, self.pod)]

    def may_go(self) -> tuple[str, ...]:
        """Let go that pod."""
        return (f"pods/{self.namespace}/{self.pod}",)

    def _set(self) -> Object:
        found: Object = self.town.client.get("statefulsets", self.name, self.namespace)
        return found


def _is_canary(found: Object) -> bool:
    """Tell whether one pod has the new revision, and both are ready."""
    status = found["status"]
    return (status.get("updatedReplicas"), status.get("readyReplicas")) == (1, 2)
