"""Lesson 01: a misconception loses points in the cell meant for it, a right solution earns them all."""

import contextlib
import io
import warnings

import pytest

from course.checks import components_cases, components_random
from course.cluster import Cluster
from course.controllers.replicaset.controller import ReplicaSetController
from course.grading.lesson import read
from course.project import PROJECT
from tests.lessons.components_solutions import RIGHT, WRONG

UNIT = "01_components"
LESSON = read(PROJECT / "course" / "lessons" / f"{UNIT}.py")
TESTS = {cell.id: cell for cell in LESSON.cells if cell.role == "test"}


def score(cell_id: str, names: dict) -> float:
    """Run a test cell as the grader does, hidden part included, and return its value."""
    *statements, last = TESTS[cell_id].source.replace("### BEGIN HIDDEN TESTS\n", "").splitlines()
    while not last.startswith("course."):
        last = statements.pop()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(record=True):
        warnings.simplefilter("default")  # as in a notebook
        exec("\n".join(statements), names)
        return eval(last, names)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.belief)
def test_a_misconception_loses_points_where_it_is_meant_to(wrong, solutions):
    names = solutions(UNIT)
    exec(wrong.code, names)
    cells = [cell_id for cell_id in TESTS if cell_id.startswith(f"{wrong.exercise}-")]
    lost = tuple(cell_id for cell_id in cells if score(cell_id, names) < TESTS[cell_id].points)
    assert lost == wrong.caught_by


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_earns_everything(name, solutions):
    names = solutions(UNIT)
    for code in RIGHT[name].values():
        exec(code, names)
    assert {cell_id: score(cell_id, names) for cell_id in TESTS} == {
        cell_id: cell.points for cell_id, cell in TESTS.items()
    }


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_reconcile_keeps_the_count_in_a_cluster(name):
    names: dict = {}
    exec(RIGHT[name]["reconcile"], names)
    template = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "a", "image": "i"}]}}
    spec = {"replicas": 4, "selector": {"matchLabels": {"app": "x"}}, "template": template}
    with Cluster.create(nodes=2) as cluster:
        cluster.replace(
            "replicaset-controller",
            lambda client, loop: ReplicaSetController(client, loop, reconcile=names["reconcile"]),
        )
        client = cluster.client("test")
        client.create("replicasets", {"metadata": {"name": "x", "namespace": "default"}, "spec": spec})
        cluster.run(seconds=5)
        pods = client.list("pods", "default")["items"]
        client.delete("pods", pods[0]["metadata"]["name"], "default")
        cluster.run(seconds=5)
        assert len(client.list("pods", "default")["items"]) == 4
        client.patch("replicasets", "x", {"spec": {"replicas": 1}}, "default")
        cluster.run(seconds=5)
        assert len(client.list("pods", "default")["items"]) == 1
        assert cluster.errors("replicaset-controller") == []


def test_the_lesson_is_worth_12_to_20_points():
    assert 12 <= LESSON.points <= 20


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(components_cases.works_cases(), id="works examples"),
        pytest.param(components_cases.bind_cases(), id="bind examples"),
        pytest.param(components_cases.reconcile_cases(), id="reconcile examples"),
        pytest.param(components_random.reconcile_cases(3), id="reconcile unseen"),
        pytest.param(components_cases.three_way_cases(), id="three_way examples"),
        pytest.param(components_random.three_way_cases(3), id="three_way unseen"),
    ],
)
def test_no_rule_can_be_satisfied_by_a_constant(cases):
    answers = {}
    for case in cases:
        answers.setdefault(case.rule, set()).add(str(case.expected))
    assert [rule for rule, expected in answers.items() if len(expected) < 2] == []


@pytest.mark.parametrize("draw", [components_random.reconcile_cases, components_random.three_way_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))
