from typing import Any

import pytest

from insideout.client import Object
from insideout.proxy import cost
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.netfilter.tracer import Tracer
from insideout.proxy.nftables import ruleset as nftables
from insideout.proxy.nftables.tracer import NftTracer

CONFIG = ProxyConfig()


@pytest.fixture
def many(service: Any, endpoint_slice: Any) -> Any:
    """Return the maker of n Services, each with two endpoints; those of the first begin at `first`."""

    def make(n: int, first: int = 1) -> tuple[list[Object], list[Object]]:
        services = [service(f"s{i:04}", clusterIP=f"10.96.{i // 250}.{i % 250 + 1}") for i in range(n)]
        slices = [
            endpoint_slice("10.244.1.9", f"10.244.2.{first if i == 0 else 1}", name=f"s{i:04}")
            for i in range(n)
        ]
        return services, slices

    return make


def test_iptables_looks_at_one_rule_more_for_each_service_before(many: Any) -> None:
    tracer = Tracer(kube_proxy_text(*many(200), CONFIG))

    def visited(i: int) -> int:
        return tracer.trace("10.244.3.3", f"10.96.{i // 250}.{i % 250 + 1}", 80)[0].visited

    assert [visited(i) - visited(0) for i in (1, 50, 199)] == [1, 50, 199]


def test_nftables_looks_at_the_same_number_of_rules_for_any_number_of_services(many: Any) -> None:
    def visited(n: int) -> int:
        tracer = NftTracer(nftables.build(*many(n), CONFIG))
        return tracer.trace("10.244.3.3", "10.96.0.1", 80)[0].visited

    assert visited(1) == visited(200)


def test_a_change_costs_iptables_a_rule_for_each_service_and_nftables_a_constant(many: Any) -> None:
    def written(n: int) -> tuple[int, int]:
        services, slices = many(n, first=2)
        iptables = cost.iptables_written(services, slices, CONFIG, {("demo", "s0000")})
        before = nftables.build(*many(n), CONFIG)
        return iptables, cost.nftables_written(before, nftables.build(services, slices, CONFIG))

    (small_iptables, small_nftables), (large_iptables, large_nftables) = written(10), written(110)
    assert large_iptables - small_iptables == 100
    assert small_nftables == large_nftables == 1


def test_a_full_sync_writes_every_rule_there_is(many: Any) -> None:
    services, slices = many(7)
    rules = [
        line for line in kube_proxy_text(services, slices, CONFIG).splitlines() if line.startswith("-A KUBE")
    ]
    assert cost.iptables_written(services, slices, CONFIG, None) == len(rules)


def test_nftables_writes_nothing_when_nothing_changed(many: Any) -> None:
    assert cost.nftables_written(nftables.build(*many(3), CONFIG), nftables.build(*many(3), CONFIG)) == 0
