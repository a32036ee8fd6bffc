"""What the kernel does with our rules.  Skipped, with the reason, where namespaces are not permitted."""

import subprocess
from typing import Any

import pytest

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables import ruleset as iptables
from insideout.proxy.iptables.save import restore_text, save_text
from insideout.proxy.kernel.lab import Connections, count, why_not
from insideout.proxy.netfilter.tracer import Tracer
from insideout.proxy.nftables import ruleset as nftables
from insideout.proxy.nftables.listing import list_text
from insideout.proxy.verify import nftables_parts

NODE, POD, OUTSIDE = "192.168.1.10", "10.244.9.2", "198.51.100.7"
CONFIG = ProxyConfig(nfacct=False, node_ip=NODE, node_port_ips=(NODE,))
ENDPOINTS = ["10.244.0.5:8080", "10.244.1.5:8080"]
MODES = ["iptables", "nftables"]


def rules(mode: str, services: list[Object], slices: list[Object]) -> str:
    if reason := why_not(mode):
        pytest.skip(f"no {mode} in a private namespace here: {reason}")
    if mode == "iptables":
        return restore_text(iptables.build(services, slices, CONFIG))
    return list_text(nftables.build(services, slices, CONFIG))


@pytest.fixture
def everything(service: Any, endpoint_slice: Any) -> tuple[list[Object], list[Object]]:
    """Return Services of every kind: affinity, node port, balancer, source ranges, no endpoints."""
    ports = [{"name": "p", "port": 80, "nodePort": 30080}, {"name": "u", "port": 53, "protocol": "UDP"}]
    sctp = [{"name": "", "port": 9, "protocol": "SCTP"}]
    named = [{"name": "p", "port": 8080}, {"name": "u", "port": 53, "protocol": "UDP"}]
    services = [
        service("seven", clusterIP="10.96.0.1"),
        service(
            "sctp",
            clusterIP="10.96.0.2",
            ports=[{"port": 9, "protocol": "SCTP"}],
            internalTrafficPolicy="Local",
        ),
        service("empty", clusterIP="10.96.0.3", externalIPs=["192.0.2.3"]),
        service(
            "balanced",
            clusterIP="10.96.0.4",
            type="LoadBalancer",
            ports=ports,
            externalTrafficPolicy="Local",
            healthCheckNodePort=32000,
            sessionAffinity="ClientIP",
            sessionAffinityConfig={"clientIP": {"timeoutSeconds": 3661}},
            loadBalancerSourceRanges=["198.51.100.0/24", "192.168.1.0/24"],
            externalIPs=["192.0.2.4", "192.0.2.5"],
            status={"loadBalancer": {"ingress": [{"ip": "203.0.113.4"}]}},
        ),
    ]
    slices = [
        endpoint_slice(*(f"10.244.1.{i}" for i in range(5, 12)), name="seven"),
        endpoint_slice("10.244.1.5", name="sctp", ports=sctp),
        endpoint_slice("10.244.0.5", "10.244.1.5", name="balanced", ports=named),
    ]
    return services, slices


def test_iptables_save_gives_back_what_we_say_it_prints(everything: Any) -> None:
    text = rules("iptables", *everything)
    script = "iptables-restore && iptables-save -t nat && iptables-save -t filter"
    command = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", script]
    printed = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    expected = "\n".join(map(save_text, iptables.build(*everything, CONFIG)))
    assert [line for line in printed.splitlines() if not line.startswith("#")] == expected.splitlines()


def test_nft_lists_what_we_say_it_lists(everything: Any) -> None:
    text = rules("nftables", *everything)
    command = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", "nft -f - && nft list ruleset"]
    printed = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    assert nftables_parts(printed) == nftables_parts(text)
    assert len(nftables_parts(text)) > 40


@pytest.mark.parametrize("mode", MODES)
def test_connections_reach_every_endpoint_in_equal_shares(
    mode: str, service: Any, endpoint_slice: Any
) -> None:
    """300 connections over three endpoints: fewer than 60 at one would happen once in a million runs."""
    addresses = [f"10.244.1.{last}" for last in (5, 6, 7)]
    text = rules(mode, [service()], [endpoint_slice(*addresses)])
    [counted] = count(
        mode,
        text,
        endpoints=[f"{address}:8080" for address in addresses],
        connections=[Connections(POD, "10.96.0.11", 80, times=300)],
    )
    assert sorted((arrival.endpoint, arrival.peer) for arrival in counted) == [
        (f"{address}:8080", POD) for address in addresses
    ]
    assert all(n >= 60 for n in counted.values())


@pytest.mark.parametrize("mode", MODES)
def test_a_client_stays_with_its_endpoint(mode: str, service: Any, endpoint_slice: Any) -> None:
    text = rules(mode, [service(sessionAffinity="ClientIP")], [endpoint_slice("10.244.0.5", "10.244.1.5")])
    clients = [f"10.244.9.{last}" for last in range(2, 10)]
    counted = count(
        mode,
        text,
        endpoints=ENDPOINTS,
        connections=[Connections(client, "10.96.0.11", 80, times=5) for client in clients],
    )
    assert all(len(arrivals) == 1 for arrivals in counted)
    assert {arrival.endpoint for arrivals in counted for arrival in arrivals} == set(ENDPOINTS)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("policy", ["Cluster", "Local"])
def test_the_kernel_and_the_tracer_agree(mode: str, policy: str, service: Any, endpoint_slice: Any) -> None:
    """From pod, outside and node, to cluster IP and node port, with and without endpoints."""
    services = [
        service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}], externalTrafficPolicy=policy),
        service("empty", clusterIP="10.96.0.12"),
        service("elsewhere", clusterIP="10.96.0.13", internalTrafficPolicy="Local"),
    ]
    slices = [endpoint_slice("10.244.0.5", "10.244.1.5"), endpoint_slice("10.244.1.5", name="elsewhere")]
    text = rules(mode, services, slices)
    saved = "\n".join(map(save_text, iptables.build(services, slices, CONFIG)))
    tracer = Tracer(saved, [NODE])
    targets = [("10.96.0.11", 80, 20), (NODE, 30080, 20), ("10.96.0.12", 80, 1), ("10.96.0.13", 80, 1)]
    connections = [
        Connections(source, address, port, times)
        for source in (POD, OUTSIDE, NODE)
        for address, port, times in targets
    ]
    counted = count(mode, text, endpoints=ENDPOINTS, connections=connections, node_ips=[NODE])
    for wanted, arrivals in zip(connections, counted, strict=True):
        expected = {
            (end.destination or {"REJECT": "refused", "DROP": "silence"}[end.action], end.masquerade)
            for end in tracer.trace(wanted.source, wanted.ip, wanted.port)
        }
        arrived = {(one.endpoint, one.peer not in ("", wanted.source)) for one in arrivals}
        assert arrived == expected, wanted


def test_rules_that_the_kernel_refuses_are_an_error_in_one_line() -> None:
    rules("nftables", [], [])
    with pytest.raises(RuntimeError, match="nft"):
        count("nftables", "no rules at all", endpoints=[], connections=[])
