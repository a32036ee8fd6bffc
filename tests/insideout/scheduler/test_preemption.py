import pytest

from insideout.scheduler.cycle import Cycle
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.preemption import Budget, Candidate, Preemption, budget, candidates_wanted
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status
from insideout.sim.loop import Loop
from tests.insideout.scheduler.builders import HOSTNAME, ZONE, node, pod, required, snapshot, term


def preemption(view: Snapshot) -> Preemption:
    """Return what makes room in the snapshot."""
    loop = Loop()
    return Preemption(Cycle(view, Nominator()), loop.rng("test"), loop.time)


def running(name: str, priority: int = 0, *, cpu: str = "1", start: int = 0, app: str = "x") -> PodInfo:
    """Return a pod that started `start` seconds after the minute."""
    status = {"startTime": f"2026-01-01T00:00:{start:02}Z"}
    return pod(name, {"app": app}, cpu=cpu, priority=priority, status=status)


def victims(new: PodInfo, placed: list[PodInfo], *budgets: Budget) -> tuple[list[str], int] | str:
    """Return who would go from a node of 4 cores and how many budgets that breaks, or why not."""
    view = snapshot(node("n", cpu="4"), n=placed)
    before = list(view.nodes[0].pods)
    found = preemption(view).victims_on(new, view.nodes[0], budgets)
    assert list(view.nodes[0].pods) == before, "a dry run leaves the node as it was"
    if isinstance(found, Status):
        return ", ".join(found.reasons)
    return [each.name for each in found.victims], found.violations


def allowing(count: int, app: str = "x") -> Budget:
    """Return a budget that allows so many disruptions."""
    return budget(
        {
            "metadata": {"name": "pdb", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"app": app}}},
            "status": {"disruptionsAllowed": count},
        }
    )


NEW = pod(cpu="2", priority=10)


def test_no_more_than_needed_go_and_the_least_important_first() -> None:
    """Of four pods of one core, the two of lowest priority."""
    placed = [running(f"p{priority}", priority) for priority in (3, 1, 4, 2)]
    assert victims(NEW, placed) == (["p2", "p1"], 0)


def test_of_equal_priority_the_longest_running_stay() -> None:
    """The two that started last go."""
    placed = [running(f"s{start}", start=start) for start in (30, 10, 40, 20)]
    assert victims(NEW, placed) == (["s30", "s40"], 0)


def test_equal_and_higher_priority_is_never_evicted() -> None:
    """Even when that leaves the pod pending."""
    placed = [running("same", 10, cpu="3"), running("low", 1)]
    assert victims(NEW, placed) == "Insufficient cpu"
    assert victims(NEW, placed[:1]) == "No preemption victims found for incoming pod"


def test_a_small_pod_stays_when_the_large_one_must_go_anyway() -> None:
    """The large one is reprieved first and does not fit; the small one then does."""
    assert victims(NEW, [running("large", 5, cpu="3"), running("small", 1)]) == (["large"], 0)


def test_those_whose_budget_would_break_are_spared_first() -> None:
    """The budget of app=x allows none, so app=y goes although it matters more."""
    placed = [running("x1", 1), running("x2", 1), running("y1", 5, app="y"), running("y2", 5, app="y")]
    assert victims(NEW, placed, allowing(0)) == (["y1", "y2"], 0)


def test_a_budget_is_broken_when_nothing_else_helps() -> None:
    """One of two disruptions is more than it allows."""
    placed = [running("x1", 1, cpu="2"), running("x2", 1, cpu="2", start=1)]
    assert victims(pod(cpu="4", priority=10), placed, allowing(1)) == (["x1", "x2"], 1)


def test_evicting_frees_ports_and_ends_repulsion() -> None:
    """Every filter is asked again, not only the one about resources."""
    apart = {"podAntiAffinity": required(term(HOSTNAME, app="new"))}
    shy = pod("shy", priority=1, affinity=apart)
    new = pod("new", {"app": "new"}, priority=10)
    view = snapshot(node("n"), n=shy)
    found = preemption(view).victims_on(new, view.nodes[0])
    assert isinstance(found, Candidate)
    assert [each.name for each in found.victims] == ["shy"]


def test_eviction_elsewhere_is_not_considered() -> None:
    """A pod of the zone's other node repels the newcomer: taking pods from this node does not help."""
    apart = {"podAntiAffinity": required(term(ZONE, app="new"))}
    view = snapshot(
        node("a", {ZONE: "z"}),
        node("b", {ZONE: "z"}),
        a=pod("shy", priority=1, affinity=apart),
        b=pod("low", priority=1),
    )
    found = preemption(view).victims_on(pod("new", {"app": "new"}, priority=10), view.nodes[1])
    assert isinstance(found, Status)


def candidate(name: str, *priorities_and_starts: tuple[int, int], violations: int = 0) -> Candidate:
    """Return a candidate with victims of these priorities and starts."""
    infos = [
        running(f"{name}{index}", priority, start=start)
        for index, (priority, start) in enumerate(priorities_and_starts)
    ]
    return Candidate(name, tuple(sorted(infos, key=lambda each: -each.priority)), violations)


CHOICES = {
    "fewest broken budgets": [candidate("a", (5, 0)), candidate("b", (1, 0), violations=1)],
    "least important top victim": [candidate("a", (1, 0), (1, 0)), candidate("b", (2, 0))],
    "smallest sum, counting each victim": [candidate("a", (5, 0), (-5, 0)), candidate("b", (5, 0), (5, 0))],
    "more victims make a larger sum": [
        candidate("a", (5, 0), (5, 0)),
        candidate("b", (5, 0), (0, 0), (0, 0)),
    ],
    "latest of each node's earliest top victims": [
        candidate("a", (5, 20), (5, 30)),
        candidate("b", (5, 10), (5, 59)),
    ],
    "only top victims' starts count": [candidate("a", (5, 30), (1, 1)), candidate("b", (5, 20), (1, 50))],
}


@pytest.mark.parametrize("case", CHOICES)
def test_the_node_is_taken_where_least_harm_is_done(case: str) -> None:
    """Candidate a, in whatever order they come."""
    choices = CHOICES[case]
    maker = preemption(Snapshot())
    assert maker.select(choices).node_name == "a"
    assert maker.select(choices[::-1]).node_name == "a"


@pytest.mark.parametrize(("nodes", "wanted"), [(5, 5), (100, 100), (150, 100), (1000, 100), (5000, 500)])
def test_a_tenth_of_the_nodes_is_tried_and_at_least_a_hundred(nodes: int, wanted: int) -> None:
    """Or all, when there are fewer."""
    assert candidates_wanted(nodes) == wanted


def test_a_pod_waits_while_its_victims_go() -> None:
    """It evicts nobody else while one is terminating on its node, unless that node has become hopeless."""
    status = {
        "conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}]
    }
    going = pod(
        "going", cpu="3", priority=1, status=status, metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}
    )
    view = snapshot(node("n", cpu="4"), node("m", cpu="4"), n=going, m=pod("other", cpu="4", priority=1))
    cycle = Cycle(view, Nominator())
    loop = Loop()
    maker = Preemption(cycle, loop.rng("test"), loop.time)
    new = pod(cpu="2", priority=10, status={"nominatedNodeName": "n"})
    result = maker.preempt(new, cycle.schedule(new).diagnosis)
    assert result.message == "not eligible due to a terminating pod on the nominated node."
    view.set_node(node("n", cpu="4", taints=[("k", "", "NoSchedule")]))
    result = maker.preempt(new, cycle.schedule(new).diagnosis)
    assert result.candidate is not None
    assert result.candidate.node_name == "m"
