"""What a guess costs: the same trouble, told at second 0, and three ways to begin.

A pod is Pending: somebody forgot a taint on its pool's node.  The others serve callers, one request a second.
Reading takes two minutes.  A guess takes thirty seconds, and two minutes to see that it did not help.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from course.units.u16_troubleshooting.clusters.taint import Taint
from course.units.u16_troubleshooting.objects import Object, service
from course.units.u16_troubleshooting.town import Town, ready

READ_S, GUESS_S, SEE_S = 120, 30, 120
WATCHED_S = 480
SEED = 16
REAL_SECOND_S = 1 / 6
"""How long a second of the story is where time is real."""


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


def plays() -> list[Run]:
    """Play all ways to begin: each in a cluster of its own, or side by side where time is real."""
    first = Way("read the evidence first", Town(SEED, live=True))
    if not first.town.is_real:
        ways = [first, *(Way(name, Town(SEED)) for name in list(GUESSES)[1:])]
        for way in ways:
            with way.town.cluster:
                _play([way], 1.0)
    else:
        lasts = f"{WATCHED_S * REAL_SECOND_S:.0f} s"
        print(f"in real time: eight minutes are {lasts}, all is six times as fast")  # noqa: T201
        with first.town.cluster:
            ways = [first]
            ways += [Way(name, Town(SEED, live=True, beside=first.town)) for name in list(GUESSES)[1:]]
            _play(ways, REAL_SECOND_S)
    return [way.run for way in ways]


class Way:
    """One way to begin, in its town."""

    def __init__(self, name: str, town: Town) -> None:
        self.town = town
        self._guess = GUESSES[name]
        self._trouble = Taint(town)
        acts = [(GUESS_S, name.removesuffix(" first"))] if self._guess else []
        acts.append(((GUESS_S + SEE_S if self._guess else 0) + READ_S, "untaint"))
        self.run = Run(name, acts, [], [])

    def build(self) -> None:
        """Put in the workload and its Service."""
        self._trouble.build()
        self.town.create(service(self._trouble.namespace, self._trouble.name))

    def spoil(self) -> None:
        """Break it."""
        self._trouble.spoil()

    def live(self, second: int) -> None:
        """Do what is done in this second, and ask as a caller does."""
        trouble, town = self._trouble, self.town
        if self._guess and second == GUESS_S:
            self._guess(town, trouble)
        if second == self.run.acts[-1][0]:
            _untaint(town, trouble)
        answer = town.cluster.request(f"http://{trouble.name}/", namespace=trouble.namespace)
        if not answer.ok:
            self.run.errors.append(second)
        self.run.ready.append(sum(ready(pod) for pod in town.pods(trouble.namespace, trouble.name)))


def _play(ways: Sequence[Way], second_s: float) -> None:
    """Live eight minutes, of seconds that take so long, in ways that share a cluster."""
    for way in ways:
        way.build()
    for way in ways:
        way.town.wait(way.town.stands, 30)
    for way in ways:
        way.spoil()
    loop = ways[0].town.cluster.loop
    began_s = loop.clock_s()
    for second in range(WATCHED_S):
        for way in ways:
            way.live(second)
        late_s = loop.clock_s() - began_s - second * second_s if ways[0].town.is_real else 0.0
        ways[0].town.run(max(0.0, second_s - late_s))


def _untaint(town: Town, trouble: Taint) -> None:
    node = town.client.get("nodes", trouble.node)
    node["spec"]["taints"] = [taint for taint in node["spec"]["taints"] if taint["key"] == "pool"]
    town.client.update("nodes", node)
