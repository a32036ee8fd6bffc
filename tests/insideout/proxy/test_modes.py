"""Both modes, and the kernel, on random Services of every kind."""

import subprocess
from random import Random

import pytest

from insideout.proxy.config import ProxyConfig
from insideout.proxy.iptables.ruleset import build as build_iptables
from insideout.proxy.iptables.save import restore_text, save_text
from insideout.proxy.iptables.text import kube_proxy_text
from insideout.proxy.kernel.lab import why_not
from insideout.proxy.netfilter.tracer import Tracer
from insideout.proxy.nftables.listing import list_text
from insideout.proxy.nftables.ruleset import build as build_nftables
from insideout.proxy.nftables.tracer import NftTracer
from insideout.proxy.verify import nftables_parts
from tests.insideout.proxy.random_objects import NODE_IP, objects, targets

CONFIG = ProxyConfig(node_ip=NODE_IP, node_port_ips=(NODE_IP,), nfacct=False)
SOURCES = ("10.244.0.5", "10.244.1.99", "198.51.100.7", "172.16.3.3", NODE_IP)
IN_A_NAMESPACE = ("unshare", "--user", "--map-root-user", "--net", "sh", "-c")


@pytest.mark.parametrize("seed", range(40))
def test_iptables_and_nftables_carry_a_packet_to_the_same_ends(seed: int) -> None:
    """With two differences: nftables mode also refuses what the node sends, and drops strangers earlier."""
    services, slices = objects(Random(seed))
    iptables = Tracer(kube_proxy_text(services, slices, CONFIG), [NODE_IP])
    nftables = NftTracer(build_nftables(services, slices, CONFIG), [NODE_IP])
    for target in targets(services):
        for source in SOURCES:
            first, second = (
                [(end.action, end.destination, end.masquerade) for end in tracer.trace(source, *target)]
                for tracer in (iptables, nftables)
            )
            refused_here = second[0][0] in ("REJECT", "DROP")
            if refused_here and (source == NODE_IP or first[0][0] == "REJECT"):
                continue
            assert first == second, (source, target)


@pytest.mark.parametrize("seed", range(40, 52))
def test_the_tools_read_what_we_write_and_print_what_we_say(seed: int) -> None:
    services, slices = objects(Random(seed))
    for mode in ("iptables", "nftables"):
        if reason := why_not(mode):
            pytest.skip(f"no {mode} in a private namespace here: {reason}")
    ruleset = build_iptables(services, slices, CONFIG)
    script = "iptables-restore && iptables-save -t nat && iptables-save -t filter"
    printed = subprocess.run(
        [*IN_A_NAMESPACE, script], input=restore_text(ruleset), capture_output=True, text=True, check=True
    ).stdout
    expected = "\n".join(map(save_text, ruleset))
    assert [line for line in printed.splitlines() if not line.startswith("#")] == expected.splitlines()

    listing = list_text(build_nftables(services, slices, CONFIG))
    script = "nft -f - && nft list ruleset"
    printed = subprocess.run(
        [*IN_A_NAMESPACE, script], input=listing, capture_output=True, text=True, check=True
    ).stdout
    assert nftables_parts(printed) == nftables_parts(listing)
