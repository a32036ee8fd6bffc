"""Faults at a component's writes in a whole cluster: the controller goes on, and nobody blames its code."""

import pytest

from insideout.cluster import Cluster
from insideout.controllers.replicaset.controller import ReplicaSetController
from insideout.explore.faults import KILL_AFTER, KILL_BEFORE, LAG, LOSE, REFUSE
from insideout.explore.mishaps import Mishaps, UnluckyClient
from insideout.sim.loop import Loop

NAME = "replicaset-controller"


@pytest.fixture
def mishaps():
    return Mishaps()


@pytest.fixture
def cluster(mishaps):
    with Cluster.create(nodes=1) as cluster:
        cluster.replace(
            NAME, lambda client, loop: ReplicaSetController(UnluckyClient(client, loop, mishaps), loop)
        )
        cluster.run(seconds=1)
        yield cluster


def scale_to(cluster, replicas: int) -> None:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "web:1"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    cluster.client("user").create("replicasets", {"metadata": {"name": "web"}, "spec": spec}, "default")


def count(cluster) -> int:
    return len(cluster.client("user").list("pods", "default")["items"])


@pytest.mark.parametrize(("fault", "at_once"), [(KILL_BEFORE, 0), (KILL_AFTER, 1)])
def test_a_kill_ends_it_at_that_write_and_a_new_one_finishes(cluster, mishaps, fault, at_once):
    mishaps.arm(fault)
    scale_to(cluster, 3)
    cluster.run(seconds=5)
    assert count(cluster) == at_once
    assert cluster.component(NAME) is None
    cluster.run(seconds=10)
    assert count(cluster) == 3
    assert cluster.errors(NAME) == []
    assert [one.fault for one in mishaps.happened] == [fault]
    assert mishaps.happened[0].write.startswith("create pods web-")


@pytest.mark.parametrize("fault", [REFUSE, LOSE])
def test_an_error_at_a_write_is_tried_again(cluster, mishaps, fault):
    mishaps.arm(fault)
    scale_to(cluster, 3)
    cluster.run(seconds=2)
    assert len(mishaps.happened) == 1
    cluster.run(minutes=6)  # expectations of a create that came without its answer expire
    assert count(cluster) == 3


def test_events_and_leases_are_passed_over(mishaps):
    class Client:
        def create(self, resource, obj):
            return resource

    mishaps.arm(REFUSE)
    unlucky = UnluckyClient(Client(), Loop(), mishaps)
    assert [unlucky.create("events", {}), unlucky.create("leases", {})] == ["events", "leases"]
    assert mishaps.happened == []
    mishaps.disarm()
    assert unlucky.create("pods", {}) == "pods"


def test_what_is_no_fault_of_a_write_is_refused(mishaps):
    with pytest.raises(ValueError, match="'lag' is no fault of a write; there are kill before"):
        mishaps.arm(LAG)


def test_a_watch_that_is_cut_tells_nothing_until_it_is_opened_again(cluster, mishaps):
    heard, closed = [], []
    client = UnluckyClient(cluster.client("user"), cluster.loop, mishaps)

    def watch():
        version = client.list("configmaps", "default")["metadata"]["resourceVersion"]
        client.watch(
            "configmaps",
            lambda event: heard.append(event.object["metadata"]["name"]),
            "default",
            resource_version=version,
            on_close=lambda: closed.append(cluster.loop.now_s),
        )

    def create(name):
        cluster.client("user").create("configmaps", {"metadata": {"name": name}}, "default")
        cluster.run(seconds=1)

    watch()
    create("a")
    mishaps.cut()
    create("b")
    assert (heard, len(closed)) == (["a"], 1)
    watch()
    create("c")
    assert (heard, len(closed)) == (["a", "c"], 1)
