from collections.abc import Sequence

from insideout.client import Object
from insideout.scheduler.cycle import Cycle
from insideout.scheduler.filters import Prepared
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.nominator import Nominator
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.profile import Profile
from insideout.scheduler.scores import taint_toleration
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import Status, unschedulable
from tests.insideout.scheduler.builders import node, pod, snapshot


def many(count: int) -> Snapshot:
    """Return a snapshot of equal nodes."""
    return snapshot(*(node(f"n{index}") for index in range(count)))


class Seen:
    """A filter that notes whom it was asked about, and lets pass those in `fit`."""

    NAME = "Seen"

    def __init__(self, fit: Sequence[str] | None = None) -> None:
        self.asked: list[str] = []
        self._fit = fit

    def prepare(self, pod: PodInfo, snapshot: Snapshot) -> Prepared:
        """Ask about every node."""

        def check(info: NodeInfo) -> Status | None:
            self.asked.append(info.name)
            return None if self._fit is None or info.name in self._fit else unschedulable("Seen", "not seen")

        return check


def only(plugin: Seen) -> Profile:
    """Return a profile with one filter and one score."""
    return Profile(filters=(plugin,), scores=((taint_toleration, 1),))


def test_the_search_ends_when_enough_nodes_fit_and_goes_on_there() -> None:
    """Of 200 nodes 100 are enough; the next pod begins with the 101st."""
    plugin = Seen()
    cycle = Cycle(many(200), Nominator(), only(plugin))
    cycle.schedule(pod())
    assert plugin.asked == [f"n{index}" for index in range(100)]
    plugin.asked.clear()
    cycle.schedule(pod())
    assert plugin.asked == [f"n{index}" for index in range(100, 200)]


def test_small_clusters_are_searched_from_the_same_node_each_time() -> None:
    """All nodes are processed, so the start comes round to where it was."""
    plugin = Seen(["n2"])
    cycle = Cycle(many(5), Nominator(), only(plugin))
    cycle.schedule(pod())
    cycle.schedule(pod())
    assert plugin.asked == [f"n{index}" for index in range(5)] * 2


def test_one_fitting_node_is_not_scored() -> None:
    """There is nothing to compare."""
    outcome = Cycle(many(3), Nominator(), only(Seen(["n1"]))).schedule(pod())
    assert (outcome.node_name, outcome.scores, outcome.feasible) == ("n1", None, 1)


def test_a_nominated_node_is_tried_first() -> None:
    """When it fits, no other is asked about."""
    plugin = Seen()
    outcome = Cycle(many(5), Nominator(), only(plugin)).schedule(pod(status={"nominatedNodeName": "n3"}))
    assert outcome.node_name == "n3"
    assert plugin.asked == ["n3"]


def test_a_nominated_node_that_no_longer_fits_is_one_among_others() -> None:
    """The search goes on as usual."""
    new = pod(status={"nominatedNodeName": "n3"})
    outcome = Cycle(many(5), Nominator(), only(Seen(["n1"]))).schedule(new)
    assert outcome.node_name == "n1"
    assert sorted(outcome.diagnosis.rejected) == ["n0", "n2", "n3", "n4"]


def test_room_nominated_to_others_is_left_to_them() -> None:
    """Pods of equal or higher priority count as if they were there, those of lower do not."""
    view = snapshot(node("a", cpu="2"))
    nominator = Nominator()
    nominator.nominate(pod("waiting", cpu="1500m", priority=5), "a")
    cycle = Cycle(view, nominator)
    assert cycle.schedule(pod(cpu="1", priority=5)).node_name == ""
    assert cycle.schedule(pod(cpu="1", priority=6)).node_name == "a"
    assert cycle.schedule(pod(cpu="500m", priority=0)).node_name == "a"


def test_a_pod_must_fit_without_the_nominated_pods_too() -> None:
    """They may never come: affinity to one of them is not enough."""
    view = snapshot(node("a"))
    nominator = Nominator()
    nominator.nominate(pod("waiting", {"app": "x"}, priority=5), "a")
    near = {
        "podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "x"}}}
            ]
        }
    }
    assert Cycle(view, nominator).schedule(pod(affinity=near)).node_name == ""


def test_nodes_that_were_not_asked_are_answered_for() -> None:
    """A pod that names its nodes says so about all others."""
    fields: list[Object] = [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]
    required = {"nodeSelectorTerms": [{"matchFields": fields}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    diagnosis = Cycle(many(3), Nominator()).schedule(pod(cpu="9", affinity=affinity)).diagnosis
    assert sorted(reason for each in diagnosis.reasons(3) for reason in each) == [
        "Insufficient cpu",
        "node(s) didn't satisfy plugin(s) [NodeAffinity]",
        "node(s) didn't satisfy plugin(s) [NodeAffinity]",
    ]
    assert diagnosis.plugins() == {"NodeResourcesFit", "NodeAffinity"}


def test_the_first_objection_of_a_node_is_the_one_reported() -> None:
    """Later filters are not asked."""
    view = snapshot(node("a", cpu="1", unschedulable=True))
    diagnosis = Cycle(view, Nominator()).schedule(pod(cpu="2")).diagnosis
    assert [status.plugin for status in diagnosis.rejected.values()] == ["NodeUnschedulable"]


def test_scores_are_weighted_and_added_up() -> None:
    """TaintToleration counts three times."""
    view = snapshot(node("a", taints=[("k", "", "PreferNoSchedule")]), node("b"))
    outcome = Cycle(view, Nominator()).schedule(pod(cpu="1", memory="1Gi"))
    assert outcome.scores is not None
    table = outcome.scores.table()
    assert table["a"]["TaintToleration"] == 0
    assert table["b"]["TaintToleration"] == 300
    assert all(sum(row.values()) == 2 * row["total"] for row in table.values())
    assert outcome.node_name == "b"
