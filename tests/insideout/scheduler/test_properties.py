"""What must hold for any cluster: drawn at random, shrunk to the smallest that fails."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from insideout.client import Object
from insideout.scheduler.attempt import attempt
from insideout.scheduler.cycle import Cycle, ask
from insideout.scheduler.filters import OnlyNodes
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Preemption
from insideout.scheduler.profile import DEFAULT_FILTERS
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status
from insideout.sim.loop import Loop
from tests.insideout.scheduler.builders import (
    HOSTNAME,
    ZONE,
    container,
    node,
    pod,
    preferred,
    required,
    spread,
    term,
)

SEEDS = st.integers(0, 10**6)


def random_node(rng: Random, index: int) -> Object:
    """Return a node as the recorded scenarios have them."""
    labels = {ZONE: rng.choice(["z1", "z2", "z3"])} if rng.random() < 0.9 else {}
    taints = [("team", "a", rng.choice(["NoSchedule", "PreferNoSchedule"]))] if rng.random() < 0.2 else []
    return node(
        f"n{index}",
        labels | {"disk": rng.choice(["ssd", "hdd"])},
        cpu=rng.choice(["2", "4"]),
        memory=rng.choice(["4Gi", "8Gi"]),
        pods=rng.choice(["3", "110"]),
        taints=taints,
        unschedulable=rng.random() < 0.1,
    )


def random_pod(rng: Random, name: str) -> PodInfo:
    """Return a pod with some of everything that filters and scores look at."""
    ports = [{"containerPort": 80, "hostPort": 80}] if rng.random() < 0.1 else []
    requests = {"cpu": rng.choice(["100m", "1", "3"]), "memory": rng.choice(["128Mi", "1Gi", "3Gi"])}
    spec: Object = {"priority": rng.choice([0, 0, 5, 10]), "affinity": {}}
    if rng.random() < 0.2:
        spec["nodeSelector"] = {"disk": "ssd"}
    if rng.random() < 0.2:
        spec["tolerations"] = [{"operator": "Exists"}]
    about = term(rng.choice([ZONE, HOSTNAME]), app="x")
    if rng.random() < 0.2:
        spec["affinity"]["podAntiAffinity"] = required(about)
    if rng.random() < 0.2:
        spec["affinity"]["podAffinity"] = required(about) if rng.random() < 0.5 else preferred((7, about))
    if rng.random() < 0.3:
        spec["topologySpreadConstraints"] = [spread(rng.choice([ZONE, HOSTNAME]), hard=rng.random() < 0.5)]
    containers = [container(ports=ports, **(requests if rng.random() < 0.8 else {}))]
    return pod(name, {"app": rng.choice("xy")}, containers=containers, **spec)


def fill(seed: int) -> tuple[Snapshot, list[tuple[PodInfo, str]]]:
    """Return a cluster after some pods were scheduled, and each pod with the node it got or ""."""
    rng = Random(seed)
    view = Snapshot()
    for index in range(rng.randint(1, 6)):
        view.set_node(random_node(rng, index))
    cycle = Cycle(view, Nominator())
    decided = []
    for index in range(rng.randint(1, 15)):
        info = random_pod(rng, f"p{index}")
        outcome = cycle.schedule(info)
        if outcome.node_name:
            view.add_pod(info, outcome.node_name)
        decided.append((info, outcome.node_name))
    return view, decided


def objections(info: PodInfo, view: Snapshot, on: NodeInfo) -> list[Status]:
    """Return what each filter says, each asked on its own."""
    found: list[Status | None] = []
    for plugin in DEFAULT_FILTERS:
        prepared = plugin.prepare(info, view)
        if isinstance(prepared, Status):
            found.append(prepared)
        elif isinstance(prepared, OnlyNodes):
            found.append(ask([prepared.check], on))
        elif prepared is not None:
            found.append(ask([prepared], on))
    return [each for each in found if each is not None]


@given(SEEDS)
def test_no_node_is_ever_overcommitted(seed: int) -> None:
    """Neither in CPU nor in memory, pods or ports."""
    view, _ = fill(seed)
    for info in view.nodes:
        assert info.requested_milli_cpu <= info.allocatable.milli_cpu
        assert info.requested_memory_bytes <= info.allocatable.memory_bytes
        assert len(info.pods) <= info.allocatable.pods
        assert max(info.ports.values(), default=0) <= 1


@given(SEEDS)
def test_a_pod_that_fits_somewhere_is_placed_and_only_where_it_fits(seed: int) -> None:
    """A node is named exactly when some node has no objection, and that node has none."""
    view, _ = fill(seed)
    info = random_pod(Random(seed + 1), "new")
    open_nodes = {each.name for each in view.nodes if not objections(info, view, each)}
    outcome = Cycle(view, Nominator()).schedule(info)
    assert bool(outcome.node_name) is bool(open_nodes)
    assert not outcome.node_name or outcome.node_name in open_nodes


@given(SEEDS)
def test_scores_stay_between_nothing_and_all(seed: int) -> None:
    """Every plugin's score, before its weight, is from 0 to 100."""
    view, _ = fill(seed)
    cycle = Cycle(view, Nominator())
    weights = {plugin.NAME: weight for plugin, weight in cycle.profile.scores}
    scores = cycle.score(random_pod(Random(seed + 2), "new"), view.nodes)
    for name, column in scores.by_plugin.items():
        assert all(0 <= each <= 100 * weights[name] for each in column), name


@given(SEEDS)
def test_preemption_evicts_only_lower_priority_and_then_the_pod_fits(seed: int) -> None:
    """And nobody goes in vain: with any one victim left in place the pod would not fit."""
    view, _ = fill(seed)
    loop = Loop(seed=seed)
    cycle = Cycle(view, Nominator())
    info = random_pod(Random(seed + 3), "new")
    found = attempt(cycle, Preemption(cycle, loop.rng("test"), loop.time), info)
    if found.candidate is None:
        return
    on = view.node(found.candidate.node_name)
    assert on is not None
    assert all(each.priority < info.priority for each in found.candidate.victims)
    for each in found.candidate.victims:
        view.remove_pod(each.uid)
    assert objections(info, view, on) == []
    top = found.candidate.victims[0]
    view.add_pod(top, on.name)
    assert objections(info, view, on) != []


@given(SEEDS)
def test_a_dry_run_leaves_no_trace(seed: int) -> None:
    """Sums, pods and counts are what they were."""
    view, _ = fill(seed)

    def state() -> list[tuple[object, ...]]:
        return [
            (
                each.requested_milli_cpu,
                each.requested_memory_bytes,
                list(each.pods),
                {port: count for port, count in each.ports.items() if count},
            )
            for each in view.nodes
        ] + [({key: dict(value) for key, value in view.repelling.items()},)]

    before = state()
    loop = Loop(seed=seed)
    cycle = Cycle(view, Nominator())
    attempt(cycle, Preemption(cycle, loop.rng("test"), loop.time), random_pod(Random(seed + 4), "new"))
    assert state() == before


@settings(max_examples=30)
@given(SEEDS)
def test_a_run_repeats(seed: int) -> None:
    """The same cluster and pods give the same placements."""
    first, again = fill(seed)[1], fill(seed)[1]
    assert [(info.name, name) for info, name in first] == [(info.name, name) for info, name in again]
