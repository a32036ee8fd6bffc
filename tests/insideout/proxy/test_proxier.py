from collections.abc import Sequence
from typing import Any

import pytest

from insideout.apiserver.server import ApiServer
from insideout.client import Object
from insideout.client.local import LocalClient
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import text_with_nat
from insideout.proxy.proxier import KubeProxy
from insideout.sim.loop import Loop

POD, OUTSIDE, NODE = "10.244.0.99", "198.51.100.7", "192.168.1.10"


class Cluster:
    """An API server with namespace demo and one node, and that node's kube-proxy."""

    def __init__(self, **options: Any) -> None:
        self.loop = Loop(seed=1)
        self.client = LocalClient(ApiServer(self.loop), "test")
        self.client.create("namespaces", {"metadata": {"name": "demo"}})
        node = {
            "metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "z1"}},
            "status": {"addresses": [{"type": "InternalIP", "address": NODE}]},
        }
        self.client.create("nodes", node)
        self.proxy = KubeProxy(self.client, self.loop, "n1", **options)

    def create(self, *objects: Object) -> None:
        for one in objects:
            resource = {"Service": "services", "EndpointSlice": "endpointslices.discovery.k8s.io"}[
                one["kind"]
            ]
            given = {key: value for key, value in one.items() if key != "status"}
            self.client.create(resource, given, "demo")

    def destinations(self, source: str = POD, times: int = 40) -> set[str]:
        ends = [self.proxy.connect(source, "10.96.0.11", 80) for _ in range(times)]
        return {end.destination or end.action for end in ends}


@pytest.fixture
def cluster(service: Any, endpoint_slice: Any) -> Cluster:
    """Return a cluster whose Service web has two endpoints, its kube-proxy running for ten seconds."""
    made = Cluster()
    made.create(service(), endpoint_slice("10.244.1.5", "10.244.1.6"))
    made.proxy.start()
    made.loop.run(10)
    return made


def test_the_first_rules_are_written_when_all_was_listed(cluster: Cluster) -> None:
    assert [(round(sync.time_s), sync.full) for sync in cluster.proxy.syncs] == [(0, True)]
    assert cluster.destinations() == {"10.244.1.5:8080", "10.244.1.6:8080"}


def test_the_node_s_own_address_and_zone_come_from_its_node(cluster: Cluster) -> None:
    assert (cluster.proxy.config.node_ip, cluster.proxy.config.zone) == (NODE, "z1")
    assert cluster.proxy.connect(NODE, "10.96.0.11", 80).masquerade


def test_changes_that_come_together_are_written_together_a_second_after_the_last_time(
    cluster: Cluster, service: Any, endpoint_slice: Any
) -> None:
    begun_s = cluster.loop.now_s
    for last in range(5):
        name = f"s{last}"
        cluster.loop.call_later(
            0.1 * last,
            cluster.create,
            service(name, clusterIP=f"10.96.1.{last}"),
            endpoint_slice("10.244.1.7", name=name),
        )
    cluster.loop.run(10)
    _, first, rest = cluster.proxy.syncs
    assert (first.time_s - begun_s, rest.time_s - first.time_s) == (0, 1)
    assert not first.full
    assert sorted(rest.changed) == [("demo", f"s{last}") for last in range(1, 5)]


def test_until_the_sync_packets_follow_the_old_rules(cluster: Cluster) -> None:
    ready = {"endpoints": [{"addresses": ["10.244.1.9"], "conditions": {"ready": True}}]}
    for _ in range(2):  # the first is written at once, the second must wait for its second
        cluster.client.patch("endpointslices.discovery.k8s.io", "web-a", ready, "demo")
        cluster.loop.run(0.2)
        ready = {"endpoints": [{"addresses": ["10.244.1.10"], "conditions": {"ready": True}}]}
    assert cluster.destinations() == {"10.244.1.9:8080"}
    cluster.loop.run(1)
    assert cluster.destinations() == {"10.244.1.10:8080"}


def test_a_change_that_changes_no_rule_is_not_written(cluster: Cluster) -> None:
    cluster.client.patch("services", "web", {"metadata": {"labels": {"a": "b"}}}, "demo")
    cluster.loop.run(10)
    assert len(cluster.proxy.syncs) == 1


def test_a_new_zone_writes_everything_again(cluster: Cluster) -> None:
    zone = {"metadata": {"labels": {"topology.kubernetes.io/zone": "z2"}}}
    cluster.client.patch("nodes", "n1", zone)
    cluster.loop.run(10)
    assert [sync.full for sync in cluster.proxy.syncs] == [True, True]


def test_everything_is_written_again_once_an_hour(cluster: Cluster) -> None:
    cluster.loop.run(7300)
    assert [round(sync.time_s) for sync in cluster.proxy.syncs] == [0, 3600, 7200]
    assert all(sync.full for sync in cluster.proxy.syncs)


def test_affinity_outlives_a_sync(cluster: Cluster, service: Any, endpoint_slice: Any) -> None:
    cluster.client.patch("services", "web", {"spec": {"sessionAffinity": "ClientIP"}}, "demo")
    cluster.loop.run(5)
    clients = [f"10.244.0.{last}" for last in range(1, 11)]
    before = [cluster.proxy.connect(client, "10.96.0.11", 80).ip for client in clients]
    assert len(set(before)) == 2
    cluster.create(service("other", clusterIP="10.96.1.1"), endpoint_slice("10.244.1.7", name="other"))
    cluster.loop.run(5)
    assert [cluster.proxy.connect(client, "10.96.0.11", 80).ip for client in clients] == before


def test_a_deleted_service_leaves_no_rule(cluster: Cluster) -> None:
    cluster.client.delete("services", "web", "demo")
    cluster.loop.run(5)
    assert "KUBE-SVC" not in cluster.proxy.text
    assert cluster.destinations() == {"10.96.0.11:80"}


def test_a_stopped_proxy_leaves_its_rules_in_force(cluster: Cluster) -> None:
    cluster.proxy.stop()
    cluster.client.delete("services", "web", "demo")
    cluster.loop.run(5)
    assert cluster.destinations() == {"10.244.1.5:8080", "10.244.1.6:8080"}


def test_other_rules_can_take_the_place_of_kube_proxy_s(service: Any, endpoint_slice: Any) -> None:
    def write(services: Sequence[Object], slices: Sequence[Object], config: ProxyConfig) -> str:
        lines = [
            "-A KUBE-SERVICES -d 10.96.0.11/32 -p tcp -m tcp --dport 80 -j MINE",
            "-A MINE -p tcp -m tcp -j DNAT --to-destination 10.244.1.77:1",
        ]
        return text_with_nat(lines, services, slices, config)

    cluster = Cluster(write=write)
    cluster.create(service(), endpoint_slice("10.244.1.5"))
    cluster.proxy.start()
    cluster.loop.run(5)
    assert cluster.destinations() == {"10.244.1.77:1"}
