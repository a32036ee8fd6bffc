"""The learner's operator in a cluster: children are deleted and spoilt, the operator is killed, for a minute.

The cluster's own garbage collector is at work too.  What happens is drawn with a seed, so it is the same for
everybody.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from course.checks.cases import kept
from course.checks.report import Case
from course.units.u10_operators.judge import described, listed_by
from course.units.u10_operators.operator import Hopeless, Reconcile, operator
from course.units.u10_operators.served import await_served
from insideout.client.interface import ApiError, Client, Object
from insideout.cluster import Cluster
from insideout.controllers.cache.kinds import (
    BUCKETS,
    CACHES,
    CHILDREN,
    DEFINITIONS,
    NAMESPACE,
    cache,
    is_child,
)
from insideout.guard import GuardedComponent

CHAOS_S = 60.0
REST_S = 20.0
DOWN_S = 4.0
_LOOK_S = 0.5

Act = Callable[[Client, str, random.Random], None]


class Sample(NamedTuple):
    """What there is at one moment: children as asked, children that are not, buckets; what was just done."""

    time_s: float
    right: int
    wrong: int
    buckets: int
    done: str = ""


class AtWork:
    """One run: `samples` over time, `errors` that the operator ended with, and the end in sentences.

    `realtime` is as `Cluster.create` has it: False for one of many runs, which nobody shall wait for.
    """

    def __init__(self, reconcile: Reconcile, situation: Object, *, realtime: bool | None = None) -> None:
        self.samples: list[Sample] = []
        self.errors: list[str] = []
        self._rng = random.Random(f"chaos/{situation['seed']}")
        self._name = situation["name"]
        with Cluster.create(nodes=0, seed=1, realtime=realtime) as cluster:
            self._client = cluster.client("user")
            for definition in DEFINITIONS:
                self._client.create("customresourcedefinitions", definition)
            await_served(cluster)
            try:
                self._play(cluster, operator(reconcile), situation)
            except Hopeless as hopeless:
                raise hopeless.error from None
            self.end = described(listed_by(self._client), ["children", "status", "buckets", "caches"])

    def _play(self, cluster: Cluster, factory: Any, situation: Object) -> None:
        client = cluster.client("operator")

        def started() -> GuardedComponent:
            running = GuardedComponent("operator", factory, client, cluster.loop)
            cluster.loop.call(running.start)
            return running

        running = started()
        self._client.create(CACHES, cache(self._name, situation["replicas"], situation["size"]), NAMESPACE)
        end_s = cluster.loop.now_s + CHAOS_S
        next_s, back_s = cluster.loop.now_s + 3, 0.0  # back_s: when a killed operator comes back
        while cluster.loop.now_s < end_s:
            done = ""
            if 0 < back_s <= cluster.loop.now_s:  # nobody tells it what it missed
                running = started()
                back_s = 0
            if cluster.loop.now_s >= next_s:
                act = self._rng.choice(_ACTS)
                done = act.__name__.strip("_").replace("_", " ")
                if act is not _kill:
                    self._act(act)
                elif not back_s:
                    cluster.loop.call(running.stop)
                    self.errors += running.errors
                    back_s = next_s + DOWN_S
                next_s += self._rng.choice((1.5, 2.5, 3.5))
            cluster.run(seconds=_LOOK_S)
            self._look(cluster.loop.now_s, done)
        if back_s:
            running = started()
        self._rest(cluster)
        if situation["ends"]:
            self._client.delete(CACHES, self._name, NAMESPACE)
            self._rest(cluster)
        self.errors += running.errors
        cluster.loop.call(running.stop)

    def _act(self, act: Act) -> None:
        """Do it, with luck of its own: how many children there are now does not decide what is done next."""
        luck = random.Random(self._rng.random())
        try:
            act(self._client, self._name, luck)
        except ApiError as problem:
            if problem.code != 404:  # the operator was faster, where both work at one time
                raise

    def _rest(self, cluster: Cluster) -> None:
        """Let nothing happen for a while."""
        end_s = cluster.loop.now_s + REST_S
        while cluster.loop.now_s < end_s:
            cluster.run(seconds=_LOOK_S)
            self._look(cluster.loop.now_s, "")

    def _look(self, now_s: float, done: str) -> None:
        owners = {each["metadata"]["name"]: each for each in self._client.list(CACHES)["items"]}
        buckets = len(self._client.list(BUCKETS)["items"])
        maps = self._client.list(CHILDREN, NAMESPACE)["items"]
        right = wrong = 0
        owner = owners.get(self._name)
        for obj in maps:
            if owner is None or not is_child(obj, owner["metadata"]["uid"]):
                wrong += "ownerReferences" in obj["metadata"]
            elif (obj.get("data") or {}).get("size") == str(owner["spec"]["size"]):
                right += 1
            else:
                wrong += 1
        self.samples.append(Sample(now_s, right, wrong, buckets, done))


def _children(client: Client, name: str) -> list[str]:
    found = [each["metadata"]["name"] for each in client.list(CHILDREN, NAMESPACE)["items"]]
    return sorted(each for each in found if each.startswith(f"{name}-"))


def _take_a_child(client: Client, name: str, rng: random.Random) -> None:
    if mine := _children(client, name):
        client.delete(CHILDREN, rng.choice(mine), NAMESPACE)


def _spoil_a_child(client: Client, name: str, rng: random.Random) -> None:
    if mine := _children(client, name):
        client.patch(CHILDREN, rng.choice(mine), {"data": {"size": "1"}}, NAMESPACE)


def _change_the_spec(client: Client, name: str, rng: random.Random) -> None:
    spec = {"replicas": rng.randint(1, 4), "size": 8 * rng.randint(1, 8)}
    client.patch(CACHES, name, {"spec": spec}, NAMESPACE)


def _kill(client: Client, name: str, rng: random.Random) -> None:
    """Kill the operator; whoever runs it does that."""


_ACTS = (_take_a_child, _spoil_a_child, _change_the_spec, _kill)


def at_work(reconcile: Reconcile) -> Callable[[Object], list[str]]:
    """Return a function from a situation to how `reconcile` left the cluster."""

    def run(situation: Object) -> list[str]:
        played = AtWork(reconcile, situation, realtime=False)
        if played.errors:
            return [played.errors[0].splitlines()[0], *played.end]
        return ["the operator did not crash", *played.end]

    return run


def situation(seed: int = 0, *, ends: bool = False) -> Object:
    """Return the situation of a run: a Cache web with 3 replicas of 64."""
    return {"name": "web", "replicas": 3, "size": 64, "seed": seed, "ends": ends}


@kept
def cases() -> Iterator[Case]:
    """Yield runs: three that end with the Cache there, and one in which it is deleted."""
    rules = "after a minute of chaos all is as asked", "after that it can be deleted without a trace"
    for rule, (first, second) in zip(rules, ((0, 1), (2, 3)), strict=True):
        for seed in (first, second):
            one = situation(seed, ends=seed == 2)
            yield Case(rule, (one,), expected(one))


def expected(one: Object) -> list[str]:
    """Return how a right operator leaves the cluster: what is random is drawn again, and the rest follows."""
    from insideout.controllers.cache.reconcile import reconcile

    return at_work(reconcile)(one)


def show(one: Object) -> str:
    """Write a run."""
    ends = ", then it is deleted" if one["ends"] else ""
    return f"a Cache web, 3 replicas of 64, and a minute of chaos (seed {one['seed']}){ends}"
