from fractions import Fraction
from typing import Any

import pytest

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.ruleset import LARGE_CLUSTER_ENDPOINTS, build
from insideout.proxy.iptables.save import save_text
from insideout.proxy.netfilter.tracer import Tracer

NODE, POD, OUTSIDE = "192.168.1.10", "10.244.1.99", "198.51.100.7"
CONFIG = ProxyConfig(node_ip=NODE)
HERE, THERE = "10.244.0.5:8080", "10.244.1.5:8080"
BOTH = ("10.244.0.5", "10.244.1.5")


def tracer(*objects: Object, config: ProxyConfig = CONFIG) -> Tracer:
    services = [one for one in objects if one["kind"] == "Service"]
    slices = [one for one in objects if one["kind"] == "EndpointSlice"]
    ruleset = build(services, slices, config)
    return Tracer("\n".join(map(save_text, ruleset)), [NODE])


def ends(rules: Tracer, source: str, address: str, port: int) -> set[tuple[str, bool]]:
    """Return where packets go or what refuses them, each with whether it is masqueraded."""
    found = rules.trace(source, address, port)
    assert sum(end.probability for end in found) == 1
    return {(end.destination or end.action, end.masquerade) for end in found}


class TestClusterIP:
    """What happens to a packet for a cluster IP."""

    def test_from_a_pod_it_reaches_every_endpoint_and_keeps_its_source(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(service(), endpoint_slice(*BOTH))
        assert ends(rules, POD, "10.96.0.11", 80) == {(HERE, False), (THERE, False)}

    @pytest.mark.parametrize("source", [OUTSIDE, NODE])
    def test_from_elsewhere_it_is_masqueraded(self, service: Any, endpoint_slice: Any, source: str) -> None:
        rules = tracer(service(), endpoint_slice("10.244.1.5"))
        assert ends(rules, source, "10.96.0.11", 80) == {(THERE, True)}

    def test_a_pod_that_reaches_itself_is_masqueraded(self, service: Any, endpoint_slice: Any) -> None:
        rules = tracer(service(), endpoint_slice(*BOTH))
        assert ends(rules, "10.244.1.5", "10.96.0.11", 80) == {(HERE, False), (THERE, True)}

    def test_all_of_it_is_masqueraded_when_kube_proxy_is_told_so(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(service(), endpoint_slice("10.244.1.5"), config=ProxyConfig(masquerade_all=True))
        assert ends(rules, POD, "10.96.0.11", 80) == {(THERE, True)}

    def test_without_endpoints_it_is_rejected(self, service: Any) -> None:
        rules = tracer(service())
        assert {ends(rules, source, "10.96.0.11", 80).pop() for source in (POD, OUTSIDE, NODE)} == {
            ("REJECT", False)
        }

    def test_under_policy_local_with_endpoints_elsewhere_it_is_dropped(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(service(internalTrafficPolicy="Local"), endpoint_slice("10.244.1.5"))
        assert ends(rules, POD, "10.96.0.11", 80) == {("DROP", False)}

    def test_another_port_is_not_touched(self, service: Any, endpoint_slice: Any) -> None:
        rules = tracer(service(), endpoint_slice("10.244.1.5"))
        assert ends(rules, POD, "10.96.0.11", 81) == {("10.96.0.11:81", False)}

    def test_udp_and_tcp_on_one_port_go_their_own_ways(self, service: Any, endpoint_slice: Any) -> None:
        ports = [{"name": "u", "port": 53, "protocol": "UDP"}, {"name": "t", "port": 53, "protocol": "TCP"}]
        slices = endpoint_slice(
            "10.244.1.5",
            ports=[
                {"name": "u", "port": 5300, "protocol": "UDP"},
                {"name": "t", "port": 5301, "protocol": "TCP"},
            ],
        )
        rules = tracer(service(ports=ports), slices)
        [udp] = rules.trace(POD, "10.96.0.11", 53, "udp")
        [tcp] = rules.trace(POD, "10.96.0.11", 53, "TCP")
        [sctp] = rules.trace(POD, "10.96.0.11", 53, "sctp")
        assert (udp.port, tcp.port, sctp.port) == (5300, 5301, 53)

    @pytest.mark.parametrize("n", range(1, 8))
    def test_shares_are_equal_to_nine_digits(self, service: Any, endpoint_slice: Any, n: int) -> None:
        rules = tracer(service(), endpoint_slice(*(f"10.244.1.{i + 5}" for i in range(n))))
        found = rules.trace(POD, "10.96.0.11", 80)
        assert len(found) == n
        assert all(abs(end.probability - Fraction(1, n)) < Fraction(1, 10**9) for end in found)


class TestNodePort:
    """What happens to a packet for a node port."""

    def test_under_policy_cluster_it_reaches_every_endpoint_masqueraded(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(self.node_port(service), endpoint_slice(*BOTH))
        for source in (OUTSIDE, NODE, POD):
            assert ends(rules, source, NODE, 30080) == {(HERE, True), (THERE, True)}

    def test_under_policy_local_the_outside_sees_this_node_s_endpoints_and_keeps_its_source(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(self.node_port(service, externalTrafficPolicy="Local"), endpoint_slice(*BOTH))
        assert ends(rules, OUTSIDE, NODE, 30080) == {(HERE, False)}

    def test_under_policy_local_pods_and_the_node_still_reach_all(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(self.node_port(service, externalTrafficPolicy="Local"), endpoint_slice("10.244.1.5"))
        assert ends(rules, POD, NODE, 30080) == {(THERE, False)}
        assert ends(rules, NODE, NODE, 30080) == {(THERE, True)}

    def test_under_policy_local_without_a_local_endpoint_the_outside_is_dropped(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        rules = tracer(self.node_port(service, externalTrafficPolicy="Local"), endpoint_slice("10.244.1.5"))
        assert ends(rules, OUTSIDE, NODE, 30080) == {("DROP", False)}

    def test_without_any_endpoint_it_is_rejected(self, service: Any) -> None:
        rules = tracer(self.node_port(service))
        assert ends(rules, OUTSIDE, NODE, 30080) == {("REJECT", False)}
        assert ends(rules, NODE, NODE, 30080) == {("REJECT", False)}

    def test_it_answers_at_localhost_too(self, service: Any, endpoint_slice: Any) -> None:
        rules = tracer(self.node_port(service), endpoint_slice("10.244.1.5"))
        assert ends(rules, NODE, "127.0.0.1", 30080) == {(THERE, True)}

    @staticmethod
    def node_port(service: Any, **spec: Any) -> Object:
        made: Object = service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}], **spec)
        return made


class TestLoadBalancer:
    """What happens to a packet for a load balancer's address."""

    def test_clients_outside_the_source_ranges_are_dropped(self, service: Any, endpoint_slice: Any) -> None:
        rules = tracer(
            self.balancer(service, loadBalancerSourceRanges=["198.51.100.0/24"]), endpoint_slice("10.244.1.5")
        )
        assert ends(rules, OUTSIDE, "203.0.113.1", 80) == {(THERE, True)}
        assert ends(rules, "198.18.0.1", "203.0.113.1", 80) == {("DROP", False)}

    def test_the_source_ranges_do_not_guard_the_node_port(self, service: Any, endpoint_slice: Any) -> None:
        rules = tracer(
            self.balancer(service, loadBalancerSourceRanges=["203.0.113.0/24"]), endpoint_slice("10.244.1.5")
        )
        assert ends(rules, OUTSIDE, NODE, 30080) == {(THERE, True)}

    def test_a_node_in_the_ranges_may_come_with_the_balancer_s_address(
        self, service: Any, endpoint_slice: Any
    ) -> None:
        slices = endpoint_slice("10.244.1.5")
        allowed = tracer(self.balancer(service, loadBalancerSourceRanges=["192.168.0.0/16"]), slices)
        other = tracer(self.balancer(service, loadBalancerSourceRanges=["172.16.0.0/12"]), slices)
        assert ends(allowed, "203.0.113.1", "203.0.113.1", 80) == {(THERE, True)}
        assert ends(other, "203.0.113.1", "203.0.113.1", 80) == {("DROP", False)}

    def test_the_health_check_port_is_let_in_even_without_endpoints(self, service: Any) -> None:
        balancer = self.balancer(service, externalTrafficPolicy="Local", healthCheckNodePort=32000)
        [end] = tracer(balancer).trace(OUTSIDE, NODE, 32000)
        assert "health check node port" in end.rules[-1]

    @staticmethod
    def balancer(service: Any, **spec: Any) -> Object:
        made: Object = service(
            type="LoadBalancer",
            ports=[{"port": 80, "nodePort": 30080}],
            status={"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}},
            **spec,
        )
        return made


def test_large_clusters_leave_comments_out_of_chains_that_grow_with_endpoints(
    service: Any, endpoint_slice: Any
) -> None:
    def comments(endpoints: int) -> int:
        addresses = [f"10.244.{i // 250}.{i % 250 + 1}" for i in range(endpoints)]
        nat = build([service()], [endpoint_slice(*addresses)], CONFIG).nat
        return sum("comment" in rule.args for rule in nat.rules if rule.chain.startswith("KUBE-S"))

    # In a small cluster: three for each endpoint, and three for the Service and its node ports.
    assert comments(LARGE_CLUSTER_ENDPOINTS) == 3 * LARGE_CLUSTER_ENDPOINTS + 3
    assert comments(LARGE_CLUSTER_ENDPOINTS + 1) == 3


def test_without_counters_no_rule_counts(service: Any, endpoint_slice: Any) -> None:
    objects = [service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}])], [endpoint_slice(*BOTH)]
    text = "\n".join(save_text(table) for table in build(*objects, ProxyConfig(nfacct=False)))
    assert "nfacct" not in text
