"""The whole of iptables mode: two tables of rules for a set of Services and EndpointSlices.

Source: syncProxyRules, pkg/proxy/iptables/proxier.go@v1.36.2.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from insideout.client import Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables import static
from insideout.proxy.iptables.balancing import masquerade_strangers, policy_chains
from insideout.proxy.iptables.dispatch import dispatch
from insideout.proxy.iptables.endpoint_chain import endpoint_chains
from insideout.proxy.iptables.external import external
from insideout.proxy.iptables.firewall import firewall
from insideout.proxy.iptables.refusal import refusals
from insideout.proxy.iptables.rule import Rule
from insideout.proxy.traffic import Traffic, plan

LARGE_CLUSTER_ENDPOINTS = 1000
"""Above this many endpoints kube-proxy leaves comments out of the chains that grow with them."""


class Table(NamedTuple):
    """One table: the kernel's chains, kube-proxy's own, and the rules in the order they were written."""

    name: str
    builtin: tuple[str, ...]
    chains: tuple[str, ...]
    rules: tuple[Rule, ...]


class Ruleset(NamedTuple):
    """What kube-proxy keeps in the kernel in iptables mode."""

    nat: Table
    filter: Table


def service_rules(traffic: Traffic, config: ProxyConfig, *, comments: bool = True) -> Iterator[Rule]:
    """Yield the rules of one Service port's own chains in nat: the part that is rewritten when it changes."""
    yield from masquerade_strangers(traffic, config)
    yield from external(traffic, config)
    yield from firewall(traffic, config)
    yield from policy_chains(traffic, comments=comments)
    yield from endpoint_chains(traffic, comments=comments)


def build(services: Iterable[Object], slices: Iterable[Object], config: ProxyConfig) -> Ruleset:
    """Return every rule kube-proxy would write for these objects on the node that `config` describes."""
    traffics = plan(services, slices, config)
    comments = sum(one.known_endpoints for one in traffics) <= LARGE_CLUSTER_ENDPOINTS
    nat = [*static.nat_hooks(), *static.masquerading(config)]
    rejected = [*static.filter_hooks(), *static.kubelet_firewall()]
    for traffic in traffics:
        nat += dispatch(traffic, config)
        nat += service_rules(traffic, config, comments=comments)
        rejected += refusals(traffic)
    nat += static.node_ports_last()
    rejected += static.forwarding(config)
    return Ruleset(
        _table("nat", ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"), static.NAT_CHAINS, nat),
        _table("filter", ("INPUT", "FORWARD", "OUTPUT"), static.FILTER_CHAINS, rejected),
    )


def _table(name: str, builtin: tuple[str, ...], chains: tuple[str, ...], rules: list[Rule]) -> Table:
    own = {*chains, *(one.chain for one in rules)}.difference(builtin)
    return Table(name, builtin, tuple(sorted(own)), tuple(rules))
