"""10: no pod can be created in a namespace, for a webhook cannot be asked.

Look-alikes: a webhook that refuses what it should, and one that nobody answers for, whose failure is ignored.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link, shown
from course.units.u16_troubleshooting.objects import Object, deployment, pod_spec, service, validating_webhook
from course.units.u16_troubleshooting.tls import CERTIFICATE, KEY, give_certificate
from course.units.u16_troubleshooting.town import Town, ready
from insideout.client import ApiError
from insideout.kubelet.webhook import Webhook as Program

LABEL = "app"
_PORTS: list[Object] = [{"port": 443, "targetPort": 8443}]


def has_label(request: Object) -> bool | str:
    """Return True for an object with the label, else the reason of the refusal."""
    return LABEL in (request["object"]["metadata"].get("labels") or {}) or f"the label {LABEL} is missing"


def guard(town: Town, guarded: str, policy: str, *, replicas: int = 1) -> tuple[str, str]:
    """Put in a webhook for the pods of a namespace; return where it is and its name."""
    namespace, name, image = town.namespace(), town.name(), "registry.example/policy:1"
    pod = pod_spec(image, ports=(("https", 8443),))
    bundle = give_certificate(town, namespace, name, pod) if town.is_real else ""
    paths = (CERTIFICATE, KEY) if bundle else ("", "")
    program = Program(has_label, tls_cert_file=paths[0], tls_private_key_file=paths[1])
    town.cluster.nodes.programs.register(image, program)
    town.create(deployment(namespace, name, replicas, pod), service(namespace, name, _PORTS))
    made = validating_webhook(name, namespace, guarded, policy, bundle)
    town.later.append(lambda: town.create(made))
    return namespace, name


def bare_pod(namespace: str, name: str, labels: dict[str, str]) -> Object:
    """Return a pod with these labels."""
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec()}


class Webhook(Broken):
    """The Service of a webhook that must be asked selects no pod."""

    cause = "webhook"
    symptom = "no pod can be created in a namespace"
    heals_s = 180  # a ReplicaSet that was refused comes back later and later

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a guard that refused somebody, and one that sleeps and need not be asked."""
        strict, lax = town.namespace(), town.namespace()
        guard(town, strict, "Fail")
        guard(town, lax, "Ignore", replicas=0)
        refused = bare_pod(strict, town.name(), {})
        town.later.append(lambda: town.asks("developer", "pods", refused))

    def build(self) -> None:
        """Put in a guard, and a workload in the namespace that it guards."""
        town = self.town
        self.guarded, self.name = town.namespace(), town.name()
        self.namespace, self.guard = guard(town, self.guarded, "Fail")
        town.create(deployment(self.guarded, self.name, 1))

    def spoil(self) -> None:
        """Write the guard's selector wrong; ask for more pods, in two ways."""
        town = self.town
        self.wrong = {"app": self.guard, "release": "next"}
        town.client.patch("services", self.guard, {"spec": {"selector": self.wrong}}, self.namespace)
        if town.is_real:  # a connection that stands is used, whatever the Service selects since
            for pod in town.pods(self.namespace, self.guard):
                town.client.delete("pods", pod["metadata"]["name"], self.namespace)
        town.wait(lambda: self._tried({LABEL: "try"}), 2)
        town.client.patch("deployments", self.name, {"spec": {"replicas": 3}}, self.guarded)
        for _ in range(2):
            town.asks("developer", "pods", bare_pod(self.guarded, town.name(), {LABEL: "try"}))
            town.wait(lambda: True, 2)

    def shows(self) -> bool:
        """Tell whether the Deployment says it."""
        found = self.town.client.get("deployments", self.name, self.guarded)
        return shown(found, "ReplicaFailure") == "ReplicaFailure=True, FailedCreate"

    def answer(self) -> Answer:
        """Return the Service of the webhook and its selector."""
        return self.cause, f"services/{self.namespace}/{self.guard}", "spec.selector"

    def chain(self) -> list[Link]:
        """From the refused request by the webhook to its Service."""
        found = self.town.client.get("deployments", self.name, self.guarded)
        return [
            Link("symptom", f"Deployment {self.name}", f"1 of 3 pods, {shown(found, 'ReplicaFailure')}"),
            Link("condition", "the reply to somebody's create", "500 InternalError"),
            Link("owner", f"webhook {self.guard} for pods", "failurePolicy: Fail"),
            Link("object", f"its Service {self.guard}", "no endpoints"),
            Link("field", "spec.selector", ", ".join(f"{key}={value}" for key, value in self.wrong.items())),
        ]

    def is_broken(self) -> bool:
        """Tell whether the workload has too few pods."""
        return len([pod for pod in self.town.pods(self.guarded, self.name) if ready(pod)]) < 3

    def flaw(self) -> str:
        """Count the pods; then try a pod that is right and one that is not, without creating either."""
        found = len([pod for pod in self.town.pods(self.guarded, self.name) if ready(pod)])
        if found != 3:
            return f"{found} of 3 pods are ready"
        if self._tried({LABEL: "try"}):
            return "a pod that is right is refused"
        return "" if self._tried({}) == 403 else "a pod without the label is let in"

    def allowed(self) -> list[Allowed]:
        """Allow the Service's selector."""
        return [Allowed(CHANGES, "services", self.namespace, self.guard, ("spec.selector",))]

    def _tried(self, labels: dict[str, str]) -> int:
        """Return the code of a refusal, 0 when there is none."""
        try:
            self.town.client.create("pods", bare_pod(self.guarded, "try", labels), self.guarded, dry_run=True)
        except ApiError as refused:
            return refused.code
        return 0
