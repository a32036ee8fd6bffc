from typing import Any

from insideout.proxy.config import ProxyConfig
from insideout.proxy.nftables.ruleset import build


def test_a_service_more_adds_elements_and_no_rule_to_what_every_packet_passes(
    service: Any, endpoint_slice: Any
) -> None:
    def services_chain(n: int) -> list[str]:
        services = [service(f"s{i}", clusterIP=f"10.96.0.{i + 1}") for i in range(n)]
        slices = [endpoint_slice("10.244.1.5", name=f"s{i}") for i in range(n)]
        return build(services, slices, ProxyConfig()).chains["services"].rules

    assert services_chain(1) == services_chain(100)


def test_the_addresses_of_node_ports_are_a_set(service: Any) -> None:
    table = build([service()], [], ProxyConfig(node_port_ips=("192.168.1.10",)))
    assert list(table.containers["nodeport-ips"].elements) == ["192.168.1.10"]


def test_a_firewall_stands_even_before_the_service_has_endpoints(service: Any) -> None:
    balancer = service(
        type="LoadBalancer",
        loadBalancerSourceRanges=["10.0.0.0/8"],
        status={"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}},
    )
    table = build([balancer], [], ProxyConfig())
    assert list(table.containers["firewall-ips"].elements) == ["203.0.113.1 . tcp . 80"]


def test_all_cluster_ip_traffic_is_masqueraded_when_kube_proxy_is_told_so() -> None:
    rules = build([], [], ProxyConfig(masquerade_all=True)).chains["services"].rules
    assert "ip saddr !=" not in rules[0]
    assert rules[0].endswith('comment "masquerade all clusterIP traffic"')
