"""The pictures of unit 04 say in words what they show, and mark what decides."""

import pytest

from course.units.u04_scheduling.answers import filters, score
from course.units.u04_scheduling.objects import ZONE, asks, node, pod, spread, taint
from course.units.u04_scheduling.plots.cycle import NAMES, draw_step, say, stages
from course.units.u04_scheduling.plots.fill import Placed, plot_fill
from course.units.u04_scheduling.plots.scores import deciding, plot_scores
from course.units.u04_scheduling.scale import big_cluster, nodes_looked_at, run_schedulers
from insideout.scheduler.plaindata import profile_by


@pytest.fixture
def asked():
    new = pod("web", containers=[asks(1000)], labels={"app": "web"}, spread=[spread(app="web")])
    nodes = [
        node("a", pod("x", labels={"app": "web"}), labels={ZONE: "a"}),
        node("b", labels={ZONE: "b"}, taints=[taint("gpu")], cpu=500),
        node("c", labels={ZONE: "c"}),
    ]
    return stages(new, nodes)


def test_every_filter_is_asked_about_every_node(asked):
    assert set(asked) == {"a", "b", "c"}
    assert [bool(each) for each in asked["b"]] == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("step", "left"),
    [(0, "a, b, c"), (1, "a, b, c"), (2, "a, c"), (4, "a, c"), (5, "c")],
)
def test_a_step_says_who_is_left(asked, step, left):
    assert say(asked, step).endswith(f"Still in: {left}.")
    assert f"After {step} of {len(NAMES)} filters" in draw_step(asked, step).alt


def test_a_node_is_out_by_its_first_refusal_only(asked):
    assert "b is out by TaintToleration" in say(asked, 5)
    assert "b is out by NodeResourcesFit" not in say(asked, 5)


TABLE = {
    "a": {"One": 10, "Two": 90, "total": 100},
    "b": {"One": 60, "Two": 80, "total": 140},
    "c": {"One": 60, "Two": 20, "total": 80},
}


def test_in_each_row_the_cell_is_marked_that_costs_most():
    names = ["b", "a", "c"]
    assert deciding(TABLE, names, ["One", "Two"]) == {"a": "One", "c": "Two"}
    alt = plot_scores(TABLE, {"Two": 2}).alt
    assert alt.startswith("Totals: b 140, a 100, c 80.")
    assert "a loses 50 to b in One; c loses 60 to b in Two" in alt


def test_refused_pods_are_counted_apart():
    pods = [Placed("p", "n1", 3, "one", False), Placed("q", "n1", 3, "two", True)]
    picture = plot_fill({"a race": pods}, 4, ["n1", "n2"])
    assert picture.alt == "a race: CPU running on n1 3, n2 0; 1 pods refused."


def test_the_figures_of_the_notebook():
    """An elected copy works alone, two without election collide, two names race for room."""
    name, other = "default-scheduler", "shop-scheduler"
    elected = run_schedulers([name, name], elect=True)
    assert (sorted(elected.attempts.values()), elected.running, elected.conflicts) == ([0, 4], 4, 0)
    both = run_schedulers([name, name])
    assert (list(both.attempts.values()), both.running, both.conflicts) == ([4, 4], 4, 4)
    race = run_schedulers([name, other])
    assert (list(race.attempts.values()), race.running, race.refused) == ([2, 2], 2, 2)


def test_functions_of_a_learner_race_as_the_built_in_ones_do_and_their_crashes_are_told(capsys):
    def broken(pod, nodes):
        raise KeyError("cpus")

    names = ["default-scheduler", "shop-scheduler"]
    race = run_schedulers(names, profile=profile_by(filters, score))
    assert (list(race.attempts.values()), race.running, race.errors) == ([2, 2], 2, [])
    crashed = run_schedulers(names, profile=profile_by(broken, score))
    assert (crashed.running, crashed.pods) == (0, [])
    assert "KeyError: 'cpus'" in crashed.errors[0]
    assert "shop-scheduler 2 crashed at" in capsys.readouterr().err


def test_a_target_that_crashes_is_told(capsys):
    looked = nodes_looked_at(big_cluster(100), "mine", target=lambda n, pct: n // pct)
    assert looked.nodes == {}
    assert "ZeroDivisionError" in looked.errors[0]
    assert "mine crashed at" in capsys.readouterr().err


def test_a_scheduler_looks_at_as_many_nodes_as_it_is_told():
    backend = big_cluster(300)
    assert nodes_looked_at(backend, "all", percentage_of_nodes_to_score=100).nodes == {300: 5}
    assert nodes_looked_at(backend, "half", percentage_of_nodes_to_score=50).nodes == {150: 5}
    assert nodes_looked_at(backend, "mine", target=lambda n, pct: 7).nodes == {7: 5}
