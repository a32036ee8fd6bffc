"""Disasters, workloads and pictures of lesson 07."""

import pytest

from course.units.u07_node_failure import disasters
from course.units.u07_node_failure.disasters import THREE, Disaster, LearnersRules, Story
from course.units.u07_node_failure.plots.callers import errors_by_window, plot_callers
from course.units.u07_node_failure.plots.death import plot_death, steps
from course.units.u07_node_failure.plots.outage import plot_outage, say_outage
from course.units.u07_node_failure.workloads import create_workloads, fates, on_lost_node
from insideout import records, replay
from insideout.cluster import Cluster
from insideout.network.caller import Seen


def tainted(story: Story) -> list[str]:
    """Return the nodes that have NoExecute at the end."""
    return [
        name for name, moments in story.nodes.items() if any("NoExecute" in one for one in moments[-1].taints)
    ]


@pytest.mark.parametrize(
    ("name", "nodes", "deleted"),
    [
        ("part of zone a", [], []),
        ("all of zone a", ["a0", "a1", "a2"], ["a0-pod", "a1-pod", "a2-pod"]),
        ("the whole cluster", [], []),
    ],
)
def test_the_three_disasters_end_as_the_records_do(name: str, nodes: list[str], deleted: list[str]) -> None:
    """Nobody is evicted from part of a small zone, nor from a dead cluster."""
    story = disasters.play(THREE[name])
    assert tainted(story) == nodes
    assert sorted(story.deleted_s) == deleted


def test_a_rule_that_crashes_is_reported() -> None:
    """With the place and the error."""
    story = disasters.play(Disaster({"a": 1}, {}, {}, seconds=10), LearnersRules(taint_qps=lambda zones: {}))
    assert story.errors
    assert "KeyError" in story.errors[0]


def test_only_what_nobody_wrote_is_unwritten() -> None:
    """A function that fails otherwise is written, and wrong."""

    def stub(*_: object) -> None:
        raise NotImplementedError

    def wrong(*_: object) -> None:
        raise ValueError

    assert disasters.unwritten(LearnersRules(stub, wrong, None, stub)) == ["taints_for", "taint_qps"]


def test_who_has_a_successor_when_a_machine_dies_and_when_it_is_said_to_be_dead() -> None:
    """The StatefulSet waits for the old pod; the DaemonSet's stays."""
    with Cluster.create(nodes=0) as cluster:
        lost = create_workloads(cluster)
        cluster.nodes.remove("node-1")
        cluster.run(seconds=120)
        found = fates(cluster, lost)
        assert {kind: fate.words for kind, fate in found.items()} == {
            "Deployment": ("Terminating", "yes"),
            "StatefulSet": ("Terminating", "no"),
            "DaemonSet": ("not deleted", "no"),
            "Job": ("Terminating", "yes"),
            "bare pod": ("Terminating", "no"),
        }
        assert {row[3] for row in on_lost_node(cluster).rows} == {"False"}
        node = cluster.client().get("nodes", "node-1")
        dead = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
        cluster.client().patch("nodes", "node-1", {"spec": {"taints": [*node["spec"]["taints"], dead]}})
        cluster.run(seconds=30)
        assert fates(cluster, lost)["StatefulSet"].words == ("gone", "yes")


def test_the_picture_of_a_death_has_every_step_twice() -> None:
    """Recorded and simulated, no further apart than a second."""
    recorded = records.read("eviction")[0]["log"]
    both = steps(recorded, replay.eviction.play()["log"])
    assert [step.what for step in both if step.recorded_s is None] == [
        "pod that tolerates it for ever: deleted"
    ]
    for step in both:
        if step.recorded_s is None or step.simulated_s is None:
            assert step.recorded_s is step.simulated_s is None
        else:
            assert abs(step.recorded_s - step.simulated_s) < 1
    assert "node: Ready=Unknown: 43.2 s, 43.1 s" in plot_death(both).alt


def test_the_picture_of_an_outage_says_who_was_tainted_when() -> None:
    """In its alternative text, and crosses for deleted pods in the drawing."""
    story = disasters.play(THREE["all of zone a"])
    assert say_outage(story).startswith(
        "a0: NoExecute from 50 s, pod deleted at 110 s; a1: Unknown from 50 s"
    )
    assert plot_outage(story, "a zone").alt == f"a zone. {say_outage(story)}"
    quiet = disasters.play(Disaster({"a": 2}, {}, {}, seconds=30))
    assert say_outage(quiet) == "All nodes stay ready."


def test_the_picture_of_callers_counts_answers_and_errors() -> None:
    """In windows of five seconds; its words say on which side of the first mark requests failed."""
    seen = [Seen(float(second), "", "timeout" if second < 3 else "", 1) for second in range(10)]
    assert errors_by_window(seen) == [(2, 3), (5, 0)]
    said = plot_callers(seen, {"replaced": 5.0, "marked": 1.0}).alt
    assert said == "Until 'marked' some requests to a Service failed, afterwards no request. Then: replaced."
    assert "afterwards some requests" in plot_callers(seen, {"marked": -2.0}).alt
