"""8: a drain that never ends, for a budget that lets no pod go.

Look-alikes: a budget that selects nothing, one that is as strict and stands in nobody's way, and a refusal
that only asks to come again.
"""

from typing import Any

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link
from course.units.u16_troubleshooting.objects import Object, budget, deployment, eviction
from course.units.u16_troubleshooting.town import Town, ready


class Budget(Broken):
    """The budget demands as many pods as there are."""

    cause = "budget"
    symptom = "the drain of a node does not end"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in budgets that allow nothing and are not asked, and a server that was busy once."""
        namespace, name = town.namespace(), town.name()
        town.create(deployment(namespace, name, 2), budget(namespace, town.name(), name, minAvailable=2))
        town.before_later.append(lambda: town.pods(namespace, name))
        town.create(budget(namespace, town.name(), "nobody", minAvailable=1))
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 429}
        status |= {"reason": "TooManyRequests", "details": {"retryAfterSeconds": 1}}
        status |= {"message": "too many requests, please try again later"}
        request = {"user": "kubectl-drain", "verb": "create", "resource": "pods/eviction"}

        def refuse() -> None:
            where = {"namespace": namespace, "name": town.pods(namespace, name)[0]["metadata"]["name"]}
            town.replies.append({"request": request | where, "status": status})

        town.later.append(refuse)

    def build(self) -> None:
        """Put in a workload with a budget, and neighbours with strict ones of their own."""
        town = self.town
        self.namespace, self.budget = town.namespace(), town.name()
        self.replicas = town.rng.randrange(2, 5)
        before, self.name, after = sorted((town.name(), town.name(), town.name()))
        town.create(deployment(self.namespace, self.name, self.replicas))
        for neighbour in (before, after):
            town.create(deployment(self.namespace, neighbour, 2))
            town.create(budget(self.namespace, town.name(), neighbour, maxUnavailable=0))
        self.field, self.value = self._strict()
        strict: dict[str, Any] = {self.field: self.value}
        town.create(budget(self.namespace, self.budget, self.name, **strict))

    def _strict(self) -> tuple[str, int | str]:
        ways: list[tuple[str, int | str]] = [
            ("minAvailable", self.replicas),
            ("minAvailable", "100%"),
            ("maxUnavailable", 0),
        ]
        return ways[self.town.seed % len(ways)]

    def spoil(self) -> None:
        """Begin to drain."""
        pod = self.town.rng.choice(self.town.pods(self.namespace, self.name))
        self.pod = pod["metadata"]["name"]
        for _ in range(3):
            self._evict(self.pod)
            self.town.wait(lambda: True, 5)

    def _evict(self, name: str) -> bool:
        request = eviction(self.namespace, name)
        return self.town.asks("kubectl-drain", "pods", request, name=name, subresource="eviction")

    def answer(self) -> Answer:
        """Return the budget and its number."""
        return self.cause, f"poddisruptionbudgets/{self.namespace}/{self.budget}", f"spec.{self.field}"

    def chain(self) -> list[Link]:
        """From the refused eviction to the budget that selects the pod."""
        status = self._budget()["status"]
        numbers = f"healthy {status['currentHealthy']}, desired {status['desiredHealthy']}"
        return [
            Link("symptom", "kubectl drain", "asks again and again"),
            Link("condition", "the reply to its eviction", "429, cause DisruptionBudget"),
            Link("owner", f"pod {self.pod}", f"label app={self.name}"),
            Link("object", f"PodDisruptionBudget {self.budget}", numbers),
            Link("field", f"spec.{self.field}", str(self.value)),
        ]

    def flaw(self) -> str:
        """Evict two pods, one after the other: the first must go, the second must be kept."""
        status, pods = self._budget()["status"], self.town.pods(self.namespace, self.name)
        if status["expectedPods"] != self.replicas or len(pods) != self.replicas:
            return f"it guards {status['expectedPods']} pods, and there are {len(pods)} of {self.replicas}"
        names = [pod["metadata"]["name"] for pod in pods if ready(pod)]
        names.sort(key=lambda name: name != self.pod)
        if len(names) < self.replicas or not self._evict(names[0]):
            return "an eviction is still refused"
        return "all pods could be evicted at once" if self._evict(names[1]) else ""

    def shows(self) -> bool:
        """Tell whether somebody was refused."""
        return bool(self.town.replies) and self.is_broken()

    def is_broken(self) -> bool:
        """Tell whether the budget lets no pod go."""
        return not self._budget()["status"]["disruptionsAllowed"]

    def allowed(self) -> list[Allowed]:
        """Allow the budget's numbers."""
        fields = ("spec.minAvailable", "spec.maxUnavailable")
        return [Allowed(CHANGES, "poddisruptionbudgets", self.namespace, self.budget, fields)]

    def _budget(self) -> Object:
        found: Object = self.town.client.get("poddisruptionbudgets", self.budget, self.namespace)
        return found
