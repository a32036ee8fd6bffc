"""3: a rollout that hangs, because an image cannot be pulled.

Look-alikes: a pull that failed once, a while ago, and a rollout that still has time.
"""

from course.units.u16_troubleshooting.clusters.broken import (
    CHANGES,
    Allowed,
    Answer,
    Broken,
    Link,
    condition,
    shown,
)
from course.units.u16_troubleshooting.objects import Object, deployment, pod_spec
from course.units.u16_troubleshooting.town import Town, ready

REGISTRY = "registry.example"


class Image(Broken):
    """The new version's tag is not in the registry."""

    cause = "image"
    symptom = "a release does not arrive"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a Deployment with old warnings about its image, and one that is being rolled out slowly."""
        namespace, recovered, slow = town.namespace(), town.name(), town.name()
        images = town.cluster.nodes.registry
        image = f"{REGISTRY}/{recovered}:1"
        images.set(image, error="connection reset by peer")
        town.later.append(lambda: images.set(image))
        town.create(deployment(namespace, recovered, 1, pod_spec(image)), deployment(namespace, slow, 1))
        town.before_later.append(lambda: any(map(_waits, town.pods(namespace, recovered))))
        town.after_later.append(lambda: any(map(ready, town.pods(namespace, recovered))))
        warm = {"program.course/app": "unready; ready after 3600s"}
        template = deployment(namespace, slow, 1, pod_spec(f"{REGISTRY}/{slow}:2", annotations=warm))["spec"][
            "template"
        ]
        town.later.append(
            lambda: town.client.patch("deployments", slow, {"spec": {"template": template}}, namespace)
        )

    def build(self) -> None:
        """Put in a Deployment that runs."""
        town = self.town
        self.namespace, self.name = town.namespace(), town.name()
        self.good = f"{REGISTRY}/{self.name}:{town.rng.randrange(1, 9)}.{town.rng.randrange(9)}"
        self.bad = f"{self.good}{town.rng.choice(('-rc', '.x', '-final'))}"
        town.cluster.nodes.registry.set(self.bad, error="manifest unknown")
        made = deployment(self.namespace, self.name, 3, pod_spec(self.good), progressDeadlineSeconds=20)
        town.create(made)
        if town.seed % 3 == 0:  # the namespace has other ReplicaSets with available pods, of other owners
            for name in (f"{self.name}-{role}" for role in ("web", "with", "worker", "writer")):
                town.create(deployment(self.namespace, name, 1, pod_spec(f"{REGISTRY}/{name}:1")))

    def spoil(self) -> None:
        """Release a tag that is not there."""
        self._set(self.bad)

    def shows(self) -> bool:
        """Tell whether its deadline is over."""
        found = self.town.client.get("deployments", self.name, self.namespace)
        return condition(found, "Progressing").get("reason") == "ProgressDeadlineExceeded"

    def answer(self) -> Answer:
        """Return the Deployment and its template's containers."""
        return self.cause, f"deployments/{self.namespace}/{self.name}", "spec.template.spec.containers"

    def chain(self) -> list[Link]:
        """From the Deployment down to its newest ReplicaSet's pod, and up again."""
        client, town = self.town.client, self.town
        found = client.get("deployments", self.name, self.namespace)
        pod = next(pod for pod in town.pods(self.namespace, self.name) if _waits(pod))
        return [
            Link("symptom", f"Deployment {self.name}", "the new version does not arrive"),
            Link("condition", "its conditions", shown(found, "Progressing")),
            Link("owner", "its newest ReplicaSet", pod["metadata"]["ownerReferences"][0]["name"]),
            Link("object", "a pod of that", f"waiting, {_waits(pod)}"),
            Link("field", "image in spec.template", self.bad.partition("/")[2]),
        ]

    def flaw(self) -> str:
        """Look whether the image is the one that worked, and count the pods of the present template."""
        found = self.town.client.get("deployments", self.name, self.namespace)
        image = found["spec"]["template"]["spec"]["containers"][0]["image"]
        if image not in (self.good, self.bad):
            return f"the template has the image {image}, which this Deployment never ran"
        status = found["status"]
        counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
        if counts == [3, 3, 3]:
            return ""
        return f"of {counts[0]} pods {counts[1]} have the present template, and {counts[2]} are available"

    def allowed(self) -> list[Allowed]:
        """Allow the template's containers."""
        fields = ("spec.template.spec.containers",)
        return [Allowed(CHANGES, "deployments", self.namespace, self.name, fields)]

    def may_go(self) -> tuple[str, ...]:
        """Let go pods of the Deployment: a third version would replace them one by one."""
        return tuple(
            f"pods/{self.namespace}/{pod['metadata']['name']}"
            for pod in self.town.pods(self.namespace, self.name)
        )

    def _set(self, image: str) -> None:
        template = deployment(self.namespace, self.name, 3, pod_spec(image))["spec"]["template"]
        self.town.client.patch("deployments", self.name, {"spec": {"template": template}}, self.namespace)


def _waits(pod: Object) -> str:
    for one in pod["status"].get("containerStatuses") or ():
        if "waiting" in one["state"]:
            return str(one["state"]["waiting"]["reason"])
    return ""
