"""Lesson 01: a misconception loses points in the cell meant for it, a right solution earns them all."""

import pytest

from course.units.u01_components import cases as components_cases
from course.units.u01_components import unseen as components_random
from insideout.cluster import Cluster
from insideout.controllers.replicaset.controller import ReplicaSetController
from tests.course.units.graded import GradedLesson, rules_with_one_answer, solution_tests
from tests.course.units.u01_components.solutions import RIGHT, WRONG

UNIT = "01_components"
LESSON = GradedLesson(UNIT)


test_a_misconception, test_a_right_solution = solution_tests(LESSON, RIGHT, WRONG)


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
    assert rules_with_one_answer(cases) == []


@pytest.mark.parametrize("draw", [components_random.reconcile_cases, components_random.three_way_cases])
def test_a_seed_settles_the_cases_and_another_changes_them(draw):
    assert list(draw(1)) == list(draw(1))
    assert list(draw(1)) != list(draw(2))
