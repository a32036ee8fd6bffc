"""The pictures of lesson 12: their words say what is drawn, and their bytes repeat."""

from random import Random

import pytest

from course.units.u12_kube_proxy import serving
from course.units.u12_kube_proxy.answers import rules_text
from course.units.u12_kube_proxy.objects import endpoint_slice, service
from course.units.u12_kube_proxy.plots.proxy_chains import plot_chains
from course.units.u12_kube_proxy.plots.proxy_cost import plot_cost
from course.units.u12_kube_proxy.plots.proxy_served import plot_served
from course.units.u12_kube_proxy.plots.proxy_shares import NOWHERE, plot_shares
from course.units.u12_kube_proxy.plots.proxy_steps import PACKETS, most_steps, plot_step, walked
from course.units.u12_kube_proxy.plots.proxy_words import say, short
from insideout import records
from insideout.proxy.cost_curve import Cost
from insideout.proxy.iptables.text import kube_proxy_text
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


PORTS = [{"port": 80, "targetPort": 8080, "nodePort": 30080}]
RULES = rules_text(
    [service(type="NodePort", externalTrafficPolicy="Local", ports=PORTS)],
    [endpoint_slice("10.244.0.5", "10.244.1.5")],
)


@pytest.mark.parametrize("packet", PACKETS)
def test_a_packet_is_followed_a_rule_at_a_time_to_its_end(packet):
    rules = walked(RULES, packet).rules
    assert "not looked at yet" in plot_step(RULES, packet, 0).alt
    assert f": rule 2 of {len(rules)} that match, in KUBE-" in plot_step(RULES, packet, 2).alt
    last = plot_step(RULES, packet, len(rules))
    assert "and ends: 10.244." in last.alt
    assert plot_step(RULES, packet, most_steps(RULES)).svg == last.svg


def test_the_packets_do_not_all_go_one_way():
    ends = {packet: walked(RULES, packet) for packet in PACKETS}
    assert not ends["from outside to the node port"].masquerade
    assert ends["from the node itself to its port"].masquerade
    assert most_steps(RULES) == max(len(end.rules) for end in ends.values())


@pytest.fixture(scope="module")
def served():
    return serving.story(lambda cluster: cluster.replace("kube-proxy", serving.proxies(kube_proxy_text)))


def test_without_kube_proxy_only_the_share_of_the_pod_that_is_gone_fails(served):
    bad, asked = serving.failed(served, 14.5, serving.UP_S)
    assert 0.1 < bad / asked < 0.5
    assert serving.failed(served, serving.DOWN_S, 14.0) == (0, 40)
    assert serving.failed(served, serving.UP_S + 1, serving.END_S) == (0, 80)


def test_other_rules_carry_other_requests(served):
    """A kube-proxy that forgets the last endpoint: the cluster's own would be told from it."""

    def forgets(services, slices, config):
        fewer = [one | {"endpoints": (one.get("endpoints") or [])[:-1]} for one in slices]
        return kube_proxy_text(services, fewer, config)

    def story(install):
        return serving.told(serving.story(install))

    assert serving.told(served) == story(lambda cluster: cluster.restore("kube-proxy"))
    assert serving.told(served) != story(
        lambda cluster: cluster.replace("kube-proxy", serving.proxies(forgets))
    )


def test_a_story_is_told_by_who_answers_while_nothing_changes(served):
    assert serving.told(served) == [
        "at first 3 pods answer and no request fails",
        "with a fourth pod 4 pods answer and no request fails",
        "without kube-proxy 3 pods answer and some requests fail",
        "with it again 4 pods answer and no request fails",
    ]
    nobody = [one._replace(error="timeout") for one in served]
    assert serving.told(nobody)[0] == "at first 0 pods answer and all requests fail"


def test_the_picture_of_a_story_says_the_same(served):
    drawn = plot_served(served, title="mine")
    assert drawn.alt == f"6 pods answered; {', '.join(serving.told(served))}."
    assert drawn.svg == plot_served(served, title="mine").svg
