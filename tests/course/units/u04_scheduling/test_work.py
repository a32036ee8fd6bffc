"""What stands between the notebook and the cluster: functions that are not written, cells that run twice."""

import pytest

from course.units.u04_scheduling import answers
from course.units.u04_scheduling.shop import eight_pods, once, open_shop, pod
from course.units.u04_scheduling.work import beside, mine, seen
from insideout.client import ApiError
from insideout.scheduler.scheduler import Scheduler


def test_what_is_not_written_is_said_and_the_clusters_own_stands_in(capsys):
    def filters(pod, nodes):
        raise NotImplementedError

    assert mine(filters) is answers.filters
    assert capsys.readouterr().out.startswith("write filters first;")


def test_what_is_written_is_taken_right_or_wrong(capsys):
    def score(pod, nodes):
        return nodes[0]

    assert mine(score) is score
    assert capsys.readouterr().out == ""


def test_a_cell_that_creates_can_run_twice():
    shop = open_shop()
    client = shop.client("you")
    for _ in range(2):
        once(shop.core.create_namespaced_pod, "default", pod("a"))
        once(client.create, "pods", pod("b"), "default")
    assert len(client.list("pods", "default")["items"]) == 2
    with pytest.raises(ApiError):
        once(client.create, "pods", pod("b"), "nowhere")


def test_eight_pods_wait_each_for_its_reason():
    shop = open_shop()
    client = shop.client("you")
    for body in eight_pods():
        client.create("pods", body, "default")
    shop.run(seconds=5)
    pods = client.list("pods", "default")["items"]
    assert [each["metadata"]["name"] for each in pods if each["status"]["phase"] == "Running"] == ["yak"]
    assert [each["metadata"]["name"] for each in pods if each["spec"].get("nodeName")] == ["hen", "yak"]
    assert [each["metadata"]["name"] for each in pods if not each["status"].get("conditions")] == ["bee"]


def test_the_scheduler_sees_the_pods_that_stand_on_nodes():
    shop = open_shop()
    client = shop.client("you")
    client.create("pods", pod("here", cpu="1", nodeName="node-b"), "default")
    client.create("pods", pod("new", cpu="9"), "default")
    shop.run(seconds=1)
    new, nodes = seen(shop, "new")
    assert new["containers"] == [{"cpu": 9000}]
    assert {node["name"]: len(node["pods"]) for node in nodes} == {"node-a": 0, "node-b": 1, "node-c": 0}


def test_a_scheduler_beside_another_that_crashes_is_reported(capsys):
    shop = open_shop()
    shop.client("you").create("pods", pod("p", schedulerName="mine"), "default")
    yours = beside(shop, "mine", lambda client, loop: 1 / 0)  # type: ignore[arg-type,return-value]
    shop.run(seconds=1)
    assert "ZeroDivisionError" in yours.errors[0]
    other = beside(shop, "other", lambda client, loop: Scheduler(client, loop, "mine"))
    shop.run(seconds=1)
    assert other.errors == []
    assert shop.client("you").get("pods", "p", "default")["spec"]["nodeName"]
