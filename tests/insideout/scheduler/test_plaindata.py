"""Decisions in plain data decide in the scheduler itself."""

import pytest

from insideout.client.leaderelection import LeaderElector
from insideout.cluster import Cluster
from insideout.scheduler.plaindata import plain_node, plain_pod, profile_by
from insideout.scheduler.scheduler import Scheduler
from tests.insideout.scheduler.builders import ZONE, container, node, pod, snapshot


def everywhere(pod, nodes):
    return {each["name"]: [] for each in nodes}


def by_name(pod, nodes):
    """Score nodes that are later in the alphabet higher."""
    return {each["name"]: {"NodeResourcesFit": ord(each["name"][-1])} for each in nodes}


def run(profile, *pods, seconds=1):
    """Return where pods of 1 CPU are on nodes a, b, c of 1 CPU each, and the crashes."""
    cluster = Cluster.create(nodes=0)
    cluster.replace("kube-scheduler", lambda client, loop: Scheduler(client, loop, profile=profile))
    for name in ("node-a", "node-b", "node-c"):
        cluster.nodes.add(name, cpu="1")
    cluster.run(seconds=1)
    client = cluster.client("you")
    for each in pods:
        client.create("pods", each, "default")
        cluster.run(seconds=seconds)
    found = {each["metadata"]["name"]: each for each in client.list("pods", "default")["items"]}
    return found, cluster.errors("kube-scheduler")


def wanted(name):
    requests = {"requests": {"cpu": "1"}}
    return {
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "c", "image": "v1", "resources": requests}]},
    }


def test_a_pod_in_plain_data():
    info = pod(
        "web",
        {"app": "web"},
        containers=[container(cpu="250m", memory="1Gi"), container()],
        nodeSelector={"disk": "ssd"},
        tolerations=[{"key": "gpu"}],
        topologySpreadConstraints=[
            {
                "topologyKey": ZONE,
                "maxSkew": 2,
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": {"app": "web"}},
            },
            {"topologyKey": "rack", "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway"},
        ],
    )
    assert plain_pod(info) == {
        "name": "web",
        "labels": {"app": "web"},
        "containers": [{"cpu": 250, "memory": 2**30}, {}],
        "node_selector": {"disk": "ssd"},
        "affinity": [],
        "tolerations": [{"key": "gpu", "operator": "Equal", "value": "", "effect": ""}],
        "spread": [{"key": ZONE, "max_skew": 2, "min_domains": 1, "match": {"app": "web"}}],
        "leaving": False,
    }


def test_a_node_in_plain_data():
    view = snapshot(node("a", {"disk": "ssd"}, cpu="2", taints=[("gpu", "", "NoSchedule")]), a=pod("x"))
    plain = plain_node(view.nodes[0])
    assert (plain["cpu"], plain["memory"], plain["max_pods"]) == (2000, 8 * 2**30, 110)
    assert plain["taints"] == [{"key": "gpu", "value": "", "effect": "NoSchedule"}]
    assert [each["name"] for each in plain["pods"]] == ["x"]


def test_the_scores_decide():
    found, errors = run(profile_by(everywhere, by_name), wanted("p"))
    assert found["p"]["spec"]["nodeName"] == "node-c"
    assert errors == []


def test_the_filters_and_the_message_speak():
    def nowhere(pod, nodes):
        return {each["name"]: ["never"] for each in nodes}

    profile = profile_by(nowhere, by_name, fit_message=lambda n, statuses: f"{n} times {statuses}")
    found, _ = run(profile, wanted("p"))
    condition = found["p"]["status"]["conditions"][0]
    refused = {f"node-{each}": ["never"] for each in "abc"}
    assert condition["message"].startswith(f"3 times {refused} no new claims")


@pytest.mark.parametrize(
    ("filters", "score", "what"),
    [
        (lambda pod, nodes: {}, by_name, "filters left out node-a"),
        (everywhere, lambda pod, nodes: {}, "score left out node-a"),
    ],
)
def test_an_answer_that_leaves_nodes_out_is_a_crash(filters, score, what):
    _, errors = run(profile_by(filters, score), wanted("p"))
    assert what in errors[0]


def test_a_killed_leader_does_not_give_its_lease_back():
    """So another takes it only when its duration is over; after a clean end at its next look."""
    for release, low, high in ((True, 0, 5), (False, 13, 24)):
        cluster = Cluster.create(nodes=0)
        cluster.replace("kube-scheduler", None)
        copies = [Scheduler(cluster.client(name), cluster.loop, identity=name) for name in ("a", "b")]
        for copy in copies:
            copy.start()
        cluster.run(seconds=30)
        leader = next(copy for copy in copies if copy.leads)
        other = next(copy for copy in copies if copy is not leader)
        leader.stop(release=release)
        assert low < cluster.wait(lambda other=other: other.leads) < high


def test_the_rule_by_which_a_lease_is_taken_can_be_another():
    cluster = Cluster.create(nodes=0)
    asked = []

    def never(now, seen_at, duration, holder, me):
        asked.append((duration, holder, me))
        return False

    for name, rule in (("first", {}), ("second", {"may_acquire": never})):
        LeaderElector(
            cluster.client(name), cluster.loop, name, name="x", on_started=lambda: None,
            on_stopped=lambda: None, **rule,
        ).start()  # fmt: skip
        cluster.run(seconds=1)
    cluster.run(seconds=10)
    assert set(asked) == {(15.0, "first", "second")}
