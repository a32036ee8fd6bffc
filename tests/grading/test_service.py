"""A notebook drives a cluster that lives in a process of its own, and reaches no more of it than is offered."""

import subprocess
import sys

import pytest

from course.grading.learner import Learner
from course.grading.service import Service
from course.grading.warm import Warm

FAKE = Service("tests.grading.fake_cluster", "Cluster", offers=("get", "create", "watch", "crash"))


@pytest.fixture
def notebook(protection, limits):
    with Warm(protection, limits, {"course.cluster.Cluster": FAKE}) as warm:
        learner = Learner(warm, limits)
        learner.run(
            "from course.cluster import Cluster\nfrom course.client import ApiError\ncluster = Cluster(nodes=2)"
        )
        yield learner
        learner.close()


def result(learner: Learner, source: str) -> str:
    shown = learner.run(source).outputs
    assert shown, "the cell shows nothing"
    return shown[-1].get("text") or f"{shown[-1]['name']}: {shown[-1]['message']}"


def test_objects_go_in_and_come_out(notebook):
    source = 'cluster.create("pods", {"metadata": {"name": "web"}})\nsorted([cluster.get("pods", "web")["metadata"]["name"], cluster.get("nodes", "node-1")["kind"]])'
    assert result(notebook, source) == "['Node', 'web']"


def test_its_errors_are_the_notebooks_api_errors(notebook):
    source = 'try:\n    cluster.get("pods", "db")\nexcept ApiError as error:\n    print(error.code, error)'
    assert result(notebook, source) == '404 pods "db" not found\n'


def test_its_events_reach_the_learners_code_until_the_watch_is_stopped(notebook):
    source = """
seen = []
watch = cluster.watch("pods", lambda event: seen.append(event["object"]["metadata"]["name"]))
cluster.create("pods", {"metadata": {"name": "a"}})
cluster.create("pods", {"metadata": {"name": "b"}})
watch.stop()
cluster.create("pods", {"metadata": {"name": "c"}})
seen
"""
    assert result(notebook, source) == "['a', 'b']"


def test_a_component_of_the_learners_reconciles_against_it(notebook):
    """The callback itself calls the cluster again, while the cluster waits for it."""
    source = """
def on_event(event):
    name = event["object"]["metadata"]["name"]
    if len(name) < 4:
        cluster.create("pods", {"metadata": {"name": name + "x"}})
cluster.watch("pods", on_event)
cluster.create("pods", {"metadata": {"name": "p"}})
cluster.get("pods", "pxxx")
"""
    assert result(notebook, source) == "{'metadata': {'name': 'pxxx'}}"


@pytest.mark.parametrize("reach", ["cluster.secret", "cluster.objects", "cluster.__dict__['objects']"])
def test_no_more_than_the_offered_methods_can_be_reached(notebook, reach):
    shown = result(notebook, reach)
    assert "s3cret" not in shown
    assert "Error" in shown


def test_a_cluster_that_ends_costs_only_the_cells_that_use_it(notebook):
    assert "the Cluster ended or hangs" in result(notebook, "cluster.crash()")
    assert result(notebook, "Cluster(nodes=1).get('nodes', 'node-0')") == "{'kind': 'Node'}"


def test_only_so_many_may_be_opened(notebook):
    assert "may open 8" in result(notebook, "many = [Cluster() for _ in range(9)]")


def test_no_process_is_left_when_the_notebook_is_done(notebook):
    notebook.close()
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    mine = f"{sys.executable} -m course.grading.service_host"
    assert [line for line in running.splitlines() if line.startswith(mine) and FAKE.module in line] == []
