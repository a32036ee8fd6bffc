"""The pictures of lesson 12: their words say what is drawn, and their bytes repeat."""

from random import Random

import pytest

from course.units.u12_kube_proxy.plots.proxy_chains import plot_chains
from course.units.u12_kube_proxy.plots.proxy_cost import plot_cost
from course.units.u12_kube_proxy.plots.proxy_shares import NOWHERE, plot_shares
from course.units.u12_kube_proxy.plots.proxy_words import say, short
from insideout import records
from insideout.proxy.cost_curve import Cost
from insideout.proxy.netfilter.parse import parse
from insideout.proxy.netfilter.tracer import Tracer

RECORDED = {row["case"]: "\n".join(row["rules"].values()) for row in records.read("kubeproxy-iptables")}


def chains(case="three-endpoints", source="198.51.100.7", destination="10.96.0.11", port=80):
    verdict = Tracer(RECORDED[case], ["192.168.1.10"]).connect(
        source, destination, port, "tcp", Random(1), now_s=0
    )
    return plot_chains(RECORDED[case], verdict, sent=f"{source} to {destination}:{port}")


def shares():
    return plot_shares({"one way": {"a": 1, "b": 1, NOWHERE: 2}, "another": {"a": 2, "b": 2}})


def cost():
    modes = ("iptables", "ipvs", "nftables")
    return plot_cost([Cost(mode, size, 10.0 * size, 2 * size) for mode in modes for size in (1, 10)])


@pytest.mark.parametrize("draw", [chains, shares, cost])
def test_a_picture_repeats(draw):
    assert draw().svg == draw().svg


@pytest.mark.parametrize("case", [name for name in RECORDED if name != "headless"])
def test_every_recorded_case_can_be_drawn(case):
    assert "and ends: " in chains(case).alt


def test_the_words_name_the_chains_passed_and_the_end():
    assert chains().alt == (
        "The chains for 198.51.100.7 to 10.96.0.11:80. The packet passes PREROUTING, KUBE-SERVICES,"
        " KUBE-SVC-YTGZ2J…, KUBE-MARK-MASQ, KUBE-SEP-C2FIVY…, FORWARD, KUBE-FORWARD, POSTROUTING,"
        " KUBE-POSTROUTING and ends: 10.244.1.5:8080, masqueraded."
    )
    assert chains("no-endpoints").alt.endswith("ends: REJECT in table filter.")


def test_the_words_give_the_shares_and_the_costs():
    assert shares().alt == (
        "Shares of 4 connections. one way: a 25.0 %, b 25.0 %, nowhere 50.0 %;"
        " another: a 50.0 %, b 50.0 %, nowhere 0.0 %."
    )
    assert "nftables: 10 to 100 rules looked at, 2 to 20 written" in cost().alt


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ("KUBE-SERVICES", ["to 10.96.0.11:80 →", "to this node →"]),
        ("KUBE-NODEPORTS", ["to 127.0.0.0/8:30080 →", "to port 30080 →"]),
        (
            "KUBE-EXT-YTGZ2JEENUBCE3T3",
            ["from 10.244.0.0/16 →", "from this node → mark", "from this node →", "all others →"],
        ),
        (
            "KUBE-SVC-YTGZ2JEENUBCE3T3",
            ["not from 10.244.0.0/16 → mark", "by chance 0.5 →", "all others →"],
        ),
        ("KUBE-SEP-PRMP7IBOYKSEW5NF", ["from 10.244.0.5 → mark", "→ DNAT 10.244.0.5:8080"]),
        ("KUBE-POSTROUTING", ["no mark → return", "→ take the mark off", "→ masquerade"]),
    ],
)
def test_a_rule_is_said_in_a_few_words(chain, words):
    found = parse(RECORDED["nodeport-local"])["nat"][chain]
    assert [say(rule, found) for rule in found.rules] == words


def test_a_hash_is_cut_short_and_a_name_is_not():
    assert [short("KUBE-SVC-YTGZ2JEENUBCE3T3"), short("KUBE-SERVICES")] == [
        "KUBE-SVC-YTGZ2J…",
        "KUBE-SERVICES",
    ]
