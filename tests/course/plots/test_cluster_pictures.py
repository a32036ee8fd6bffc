"""Pictures of a running cluster show what was seen of it, say it in words, and repeat byte for byte."""

import re

import pytest

from course.plots.sequence import Row, order_of, plot_sequence, rows_of
from course.units.u01_components.plots.replicas import Count, counts_of, plot_replicas, say_until
from course.units.u08_rollouts.plots.rollout import Sample, plot_rollout, samples_of
from insideout.apiserver.requestlog import EventDelivered, RequestMade
from insideout.client.history import History, Seen
from insideout.cluster import Cluster


def request(client, verb, resource, name="x", subresource="", code=200):
    return RequestMade(1.0, client, verb, resource, "default", name, subresource, code)


def event(client, resource, type_="MODIFIED", name="x", version="7", state=""):
    return EventDelivered(1.0, client, resource, type_, "default", name, version, state)


@pytest.mark.parametrize(
    ("entries", "rows"),
    [
        pytest.param(
            [request("kubectl", "create", "pods", code=201)],
            [Row(1.0, "you", (), "create pods")],
            id="whoever is no component is you",
        ),
        pytest.param(
            [request("kube-scheduler", "create", "pods", subresource="binding", code=409)],
            [Row(1.0, "scheduler", (), "create pods/binding: 409")],
            id="a refused write stands with its code",
        ),
        pytest.param(
            [request("kubelet", "patch", "nodes", code=0)],
            [Row(1.0, "kubelet", (), "patch nodes: no answer")],
            id="a server out of reach gives no answer",
        ),
        pytest.param(
            [
                event("kubelet", "pods", "ADDED", state="Pending, n"),
                event("kube-scheduler", "pods", state="Pending, n"),
            ],
            [Row(1.0, "", ("scheduler", "kubelet"), "pods: Pending, n")],
            id="one change told to several is one row",
        ),
        pytest.param(
            [
                request("kubelet", "get", "pods"),
                request("kubelet", "create", "events"),
                request("kubelet", "update", "leases"),
            ],
            [],
            id="reads, events and leases are left out",
        ),
        pytest.param(
            [
                event("kubelet", "pods", "ADDED", version="6", state="Pending, n"),
                request("kubelet", "patch", "pods", subresource="status"),
                event("kubelet", "pods", state="Running, n"),
            ],
            [
                Row(1.0, "", ("kubelet",), "pods: Pending, n"),
                Row(1.0, "kubelet", (), "patch pods/status"),
            ],
            id="what a client hears of its own change is left out",
        ),
        pytest.param(
            [
                request("kube-controller-manager", "update", "deployments", subresource="status"),
                request("kube-controller-manager", "update", "deployments", subresource="status"),
            ],
            [Row(1.0, "controller manager", (), "update deployments/status")],
            id="of a workload's status the last write stands",
        ),
    ],
)
def test_rows_of_the_sequence(entries, rows):
    assert rows_of(entries) == rows


def test_the_order_is_that_of_the_last_writes():
    rows = [Row(0, "a", (), "patch x"), Row(1, "b", (), "create y"), Row(2, "a", (), "patch x")]
    assert order_of(rows, {("a", "x"): "A", ("b", "y"): "B", ("c", "z"): "C"}) == "BA"


def pod(phase="Running", ready="True", deleting=False, hash_="new"):
    metadata = {"name": "p", "namespace": "default", "labels": {"pod-template-hash": hash_}}
    if deleting:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {
        "metadata": metadata,
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]},
    }


def seen(time_s, obj, name):
    return Seen(time_s, ("default", name), obj)


class Past(History):
    """A history that is given instead of followed."""

    def __init__(self, *seen):
        self.seen = list(seen)


def test_counts_are_of_active_and_ready_pods_at_each_moment():
    history = Past(
        seen(1.0, pod("Pending", "False"), "a"),
        seen(1.0, pod(), "b"),
        seen(2.0, pod(deleting=True), "b"),
        seen(3.0, None, "b"),
        seen(3.0, pod("Failed", "False"), "c"),
    )
    assert counts_of(history) == [Count(1.0, 2, 1), Count(2.0, 1, 0), Count(3.0, 1, 0)]


def test_it_says_when_a_count_is_reached():
    counts = [Count(1.0, 5, 5), Count(2.0, 1, 1), Count(3.5, 5, 4)]
    assert say_until(counts, 5, after_s=3.0) == "0.5 s"
    assert say_until(counts, 6, after_s=3.0) == "never"


def test_samples_of_a_rollout_tell_old_from_new_and_those_that_do_not_serve():
    history = Past(
        seen(1.0, pod(hash_="old"), "a"),
        seen(2.0, pod("Pending", "False"), "b"),
        seen(3.0, pod(), "b"),
        seen(4.0, pod(hash_="old", deleting=True), "a"),
    )
    assert samples_of(history, "new") == [
        Sample(1.0, 1, 0, 0),
        Sample(2.0, 1, 0, 1),
        Sample(3.0, 1, 1, 0),
        Sample(4.0, 0, 1, 0),
    ]


def test_a_sequence_is_stepped_through_row_by_row_in_the_same_frame():
    log = [
        request("kubectl", "create", "pods", code=201),
        event("kube-scheduler", "pods", "ADDED", state="Pending"),
    ]
    one, both = plot_sequence(log, first=1), plot_sequence(log)
    assert one.alt == "1. you to API server: create pods."
    assert "pods: Pending" not in one.svg
    assert "scheduler" in one.svg
    size = re.compile(r'viewBox="[^"]*"')
    assert size.search(one.svg)[0] == size.search(both.svg)[0]


PICTURES = {
    "sequence": lambda: plot_sequence(
        [
            request("kubectl", "create", "pods", code=201),
            event("kube-scheduler", "pods", "ADDED", state="Pending"),
        ]
    ),
    "replicas": lambda: plot_replicas(
        [Count(1.0, 0, 0), Count(2.0, 3, 3), Count(4.0, 2, 2)], [(1.0, 3)], [4.0], end_s=9.0, down=(3.0, 5.0)
    ),
    "rollout": lambda: plot_rollout(
        [Sample(1.0, 4, 0, 0), Sample(2.0, 3, 0, 2), Sample(3.0, 0, 4, 0)], most=5, least=3, end_s=6.0
    ),
    "stuck rollout": lambda: plot_rollout(
        [Sample(1.0, 4, 0, 0), Sample(2.0, 3, 0, 2)], most=5, least=3, end_s=6.0
    ),
}

WORDS = {
    "sequence": "1. you to API server: create pods; 2. API server tells scheduler: pods: Pending.",
    "replicas": (
        "Pods over 8 s; wanted: 3 from 0 s. Killed: 1."
        " After the start never fewer than 2, at the end 2, 2 ready."
        " The controller was stopped from 2 to 4 s."
    ),
    "rollout": (
        "Rollout over 5 s: from 4 old pods to 4 new. Pods at most 5, 5 allowed;"
        " serving at least 3, 3 demanded."
    ),
    "stuck rollout": (
        "Rollout over 5 s: from 4 old pods to 0 new. Pods at most 5, 5 allowed;"
        " serving at least 3, 3 demanded. In the end 3 old and 0 new pods serve, 2 do not."
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_repeats_and_says_what_it_shows(name):
    first, second = PICTURES[name](), PICTURES[name]()
    assert first.svg == second.svg
    assert first.alt == WORDS[name]


def test_a_history_follows_a_resource_from_what_is_there():
    with Cluster.create(nodes=1) as cluster:
        client = cluster.client("test")
        client.create("configmaps", {"metadata": {"name": "before"}, "data": {"k": "1"}}, "default")
        history = History(cluster.client("view"), cluster.loop, "configmaps")
        cluster.run(seconds=2)
        client.patch("configmaps", "before", {"data": {"k": "2"}}, "default")
        client.delete("configmaps", "before", "default")
        cluster.run(seconds=1)
        values = [
            (one.time_s, one.object["data"]["k"] if one.object else None) for one in history.of("before")
        ]
        assert values == [(0.0, "1"), (2.0, "2"), (2.0, None)]
