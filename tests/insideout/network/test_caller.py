"""A client that counts what it sees, and the shop that it calls."""

import pytest

from course.units.u08_rollouts.shop import SlowStart
from insideout.cluster import Cluster
from insideout.network.caller import Caller, tally

LABELS = {"app": "shop"}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=1) as cluster:
        cluster.nodes.programs.default = SlowStart(3)
        client = cluster.client()
        client.create("services", _service("shop", LABELS), "default")
        client.create("pods", _pod("first", "shop:v1"), "default")
        yield cluster


def _service(name, selector):
    spec = {"selector": selector, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"metadata": {"name": name}, "spec": spec}


def _pod(name, image):
    containers = [{"name": "app", "image": image}]
    return {"metadata": {"name": name, "labels": LABELS}, "spec": {"containers": containers}}


def test_a_slow_program_answers_503_until_it_is_warm(cluster):
    cluster.run(seconds=2)
    caller = Caller(cluster, "http://shop/", every_s=0.5)
    cluster.run(seconds=6)
    seen = caller.stop()
    errors = list(dict.fromkeys(one.error for one in seen))
    assert errors == ["status 503", ""]
    assert {one.version for one in seen if not one.error} == {"v1"}


def test_requests_come_at_even_times_and_end_with_stop(cluster):
    caller = Caller(cluster, "http://shop/", every_s=0.1)
    cluster.run(seconds=1)
    seen = list(caller.stop())
    assert [round(one.time_s, 9) for one in seen] == [n / 10 for n in range(len(seen))]
    cluster.run(seconds=1)
    assert caller.stop() == seen


def test_ready_endpoints_are_counted_once_over_all_services_asked(cluster):
    cluster.client().create("services", _service("again", LABELS), "default")
    cluster.run(seconds=5)
    caller = Caller(cluster, "http://shop/")
    cluster.run(seconds=1)
    caller.ask("http://again/")
    cluster.run(seconds=1)
    assert {one.ready for one in caller.stop()} == {1}


def test_versions_are_the_tags_of_the_pods_that_answered(cluster):
    cluster.client().create("pods", _pod("second", "registry:5000/shop:v2"), "default")
    cluster.run(seconds=5)
    caller = Caller(cluster, "http://shop/")
    cluster.run(seconds=5)
    assert set(tally(caller.stop())) == {"v1", "v2"}


def test_a_tally_counts_versions_and_errors(cluster):
    caller = Caller(cluster, "http://nowhere/", every_s=1)
    cluster.run(seconds=2.5)
    assert tally(caller.stop()) == {"error": 3}
