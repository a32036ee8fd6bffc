"""The operator of Caches: it heals, a kill ends it even where its function swallows errors, it retries."""

from insideout.cluster import Cluster
from insideout.controllers.cache.kinds import BUCKETS, CACHES, CHILDREN, DEFINITIONS, cache, is_child
from insideout.controllers.cache.operator import operator
from insideout.controllers.cache.reconcile import reconcile
from insideout.explore.faults import KILL_BEFORE
from insideout.explore.mishaps import Mishaps, UnluckyClient


def cluster_with(factory) -> Cluster:
    cluster = Cluster.create(nodes=0)
    for definition in DEFINITIONS:
        cluster.client().create("customresourcedefinitions", definition)
    cluster.add("cache-operator", factory)
    cluster.client().create(CACHES, cache("web", 2, 64), "default")
    return cluster


def children(cluster: Cluster) -> list[str]:
    owner = cluster.client().get(CACHES, "web", "default")
    found = cluster.client().list(CHILDREN, "default")["items"]
    return [one["metadata"]["name"] for one in found if is_child(one, owner["metadata"]["uid"])]


def test_it_brings_back_what_is_deleted_and_gives_the_bucket_back_in_the_end():
    with cluster_with(operator(reconcile)) as cluster:
        cluster.run(seconds=2)
        cluster.client().delete(CHILDREN, "web-1", "default")
        cluster.run(seconds=2)
        assert children(cluster) == ["web-0", "web-1"]
        assert cluster.client().get(CACHES, "web", "default")["status"]["ready"] == 2
        cluster.client().delete(CACHES, "web", "default")
        cluster.run(seconds=5)
        for resource in (CACHES, BUCKETS):
            assert cluster.client().list(resource, "default")["items"] == []
        assert cluster.errors("cache-operator") == []


def test_a_kill_ends_it_even_where_its_function_swallows_every_error():
    calls = []

    def stubborn(api, key):
        calls.append("called")
        for number in range(3):
            try:
                api.create(CHILDREN, {"metadata": {"name": f"stubborn-{number}"}})
            except Exception as error:
                calls.append(type(error).__name__)

    mishaps = Mishaps()
    mishaps.arm(KILL_BEFORE)
    make = operator(stubborn)
    with cluster_with(lambda client, loop: make(UnluckyClient(client, loop, mishaps), loop)) as cluster:
        cluster.run(seconds=5)
        assert calls == ["called", "OperatorGone", "OperatorGone", "OperatorGone"]
        cluster.run(seconds=10)  # a killed component starts again after ten seconds
        assert calls[4:5] == ["called"]
        assert cluster.client().get(CHILDREN, "stubborn-2", "default")
        assert cluster.errors("cache-operator") == []


def test_an_answer_of_the_server_that_comes_from_another_process_is_tried_again():
    class FromElsewhere(Exception):
        kind = "ApiError"

    calls = []

    def unlucky(api, key):
        calls.append(key)
        if len(calls) < 3:
            raise FromElsewhere("conflict")

    with cluster_with(operator(unlucky)) as cluster:
        cluster.run(seconds=2)
        assert calls == ["default/web"] * 3
        assert cluster.errors("cache-operator") == []


def test_what_its_function_raises_is_the_operators_crash():
    def wrong(api, key):
        raise ValueError("no")

    with cluster_with(operator(wrong)) as cluster:
        cluster.run(seconds=2)
        assert "ValueError: no" in cluster.errors("cache-operator")[0]
