import pytest

from insideout import records
from insideout.proxy.netfilter.tracer import Tracer
from insideout.proxy.nftables import ruleset
from insideout.proxy.nftables.statement import compile_rule
from insideout.proxy.nftables.table import Table
from insideout.proxy.nftables.tracer import NftTracer
from insideout.proxy.verify import RECORDED_WITH, recorded_objects

NODE = "192.168.1.10"
TARGETS = [("10.96.0.11", 80), ("10.96.0.10", 53), ("10.96.0.21", 80), ("10.96.0.22", 80), ("192.0.2.9", 80)]


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["case"]) for row in records.read("kubeproxy-iptables")]
)
def test_both_modes_carry_a_packet_to_the_same_ends(row: dict) -> None:
    """Those of the recorded iptables rules and of our nftables table, from pods, outside and the node."""
    iptables = Tracer("\n".join(row["rules"].values()), [NODE])
    nftables = NftTracer(ruleset.build(*recorded_objects(row), RECORDED_WITH), [NODE])
    taken = 0
    for source in ("10.244.0.5", "10.244.1.99", "198.51.100.7", NODE):
        for address, port in TARGETS:
            ends, others = (tracer.trace(source, address, port) for tracer in (iptables, nftables))
            if ends[0].ip == address and ends[0].action == "ACCEPT":
                continue  # no Service of this case: nftables mode refuses what iptables mode lets through
            taken += 1
            assert [(one.action, one.destination, one.masquerade) for one in others] == [
                (one.action, one.destination, one.masquerade) for one in ends
            ]
    assert taken or row["case"] == "headless"


def test_wrong_ports_of_cluster_ips_are_refused_and_unused_cluster_ips_are_silent() -> None:
    row = records.read("kubeproxy-iptables")[0]
    tracer = NftTracer(ruleset.build(*recorded_objects(row), RECORDED_WITH), [NODE])
    [wrong_port] = tracer.trace("10.244.0.5", "10.96.0.11", 81)
    [unused] = tracer.trace("10.244.0.5", "10.96.77.77", 80)
    assert (wrong_port.action, unused.action) == ("REJECT", "DROP")


def test_a_statement_that_kube_proxy_does_not_write_is_named() -> None:
    with pytest.raises(ValueError, match="'counter drop' is not a statement of kube-proxy"):
        compile_rule("ip saddr 10.0.0.1 counter drop", Table())
