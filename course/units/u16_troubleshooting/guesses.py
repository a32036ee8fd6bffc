"""What a guess costs: the same trouble, told at second 0, and three ways to begin.

A pod is Pending: somebody forgot a taint on its pool's node.  The others serve callers, one request a second.
Reading takes two minutes.  A guess takes thirty seconds, and two minutes to see that it did not help.
"""

from collections.abc import Callable
from typing import NamedTuple

from course.units.u16_troubleshooting.clusters.taint import Taint
from course.units.u16_troubleshooting.objects import Object, service
from course.units.u16_troubleshooting.town import Town, ready

READ_S, GUESS_S, SEE_S = 120, 30, 120
WATCHED_S = 480
SEED = 16


class Run(NamedTuple):
    """One way: what was done when, the seconds in which a caller got an error, ready pods by second."""

    name: str
    acts: list[tuple[int, str]]
    errors: list[int]
    ready: list[int]

    @property
    def whole_s(self) -> int:
        """The second from which all three pods were ready."""
        return max((second + 1 for second, count in enumerate(self.ready) if count < 3), default=0)


def restart(town: Town, trouble: Taint) -> None:
    """Do what `kubectl rollout restart` does: change the template's annotations."""
    note = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    patch: Object = {"spec": {"template": {"metadata": {"annotations": note}}}}
    town.client.patch("deployments", trouble.name, patch, trouble.namespace)


def delete_pods(town: Town, trouble: Taint) -> None:
    """Delete the pods of the workload."""
    for pod in town.pods(trouble.namespace, trouble.name):
        town.client.delete("pods", pod["metadata"]["name"], trouble.namespace)


GUESSES: dict[str, Callable[[Town, Taint], None] | None] = {
    "read the evidence first": None,
    "rollout restart first": restart,
    "delete the pods first": delete_pods,
}


def play(name: str) -> Run:
    """Play one way to begin."""
    town = Town(SEED)
    with town.cluster:
        trouble = Taint(town)
        trouble.build()
        town.create(service(trouble.namespace, trouble.name))
        town.run(30)
        trouble.spoil()
        guess = GUESSES[name]
        acts = [(GUESS_S, name.removesuffix(" first"))] if guess else []
        acts.append(((GUESS_S + SEE_S if guess else 0) + READ_S, "untaint"))
        errors, counts = [], []
        for second in range(WATCHED_S):
            if guess and second == GUESS_S:
                guess(town, trouble)
            if second == acts[-1][0]:
                _untaint(town, trouble)
            answer = town.cluster.request(f"http://{trouble.name}/", namespace=trouble.namespace)
            if not answer.ok:
                errors.append(second)
            counts.append(sum(ready(pod) for pod in town.pods(trouble.namespace, trouble.name)))
            town.run(1)
    return Run(name, acts, errors, counts)


def _untaint(town: Town, trouble: Taint) -> None:
    node = town.client.get("nodes", trouble.node)
    node["spec"]["taints"] = [taint for taint in node["spec"]["taints"] if taint["key"] == "pool"]
    town.client.update("nodes", node)
