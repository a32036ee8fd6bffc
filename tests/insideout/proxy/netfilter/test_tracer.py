from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from insideout import records
from insideout.proxy.netfilter.tracer import Tracer

NODE, POD, OUTSIDE = "192.168.1.10", "10.244.1.99", "198.51.100.7"


def recorded(case: str) -> Tracer:
    [row] = [row for row in records.read("kubeproxy-iptables") if row["case"] == case]
    return Tracer("\n".join(row["rules"].values()), [NODE])


def one_chain(*rules: str, policy: str = "ACCEPT") -> Tracer:
    """Return the tracer of a table filter whose FORWARD chain holds `rules`."""
    lines = ["*filter", f":FORWARD {policy} [0:0]", ":SUB - [0:0]", ":OTHER - [0:0]", *rules, "COMMIT"]
    return Tracer("\n".join(lines), [NODE])


def verdict(tracer: Tracer, *, source: str = POD, port: int = 80, proto: str = "tcp") -> str:
    [end] = tracer.trace(source, "10.0.0.9", port, proto)
    return end.action


def test_probabilities_are_exact_fractions_of_what_is_printed() -> None:
    first, second, third = recorded("three-endpoints").trace(POD, "10.96.0.11", 80)
    third_of_it = Fraction("0.33333333349")
    assert first.probability == third_of_it
    assert second.probability == third.probability == (1 - third_of_it) / 2


def test_the_rules_passed_are_told_in_order() -> None:
    [end] = recorded("one-endpoint").trace("10.244.1.5", "10.96.0.11", 80)
    passed = [rule.split(" ")[1] + " > " + rule.split("-j ")[1].split(" ")[0] for rule in end.rules]
    assert passed == [
        "PREROUTING > KUBE-SERVICES",
        "KUBE-SERVICES > KUBE-SVC-YTGZ2JEENUBCE3T3",
        "KUBE-SVC-YTGZ2JEENUBCE3T3 > KUBE-SEP-C2FIVY6UUUTSJSY5",
        "KUBE-SEP-C2FIVY6UUUTSJSY5 > KUBE-MARK-MASQ",
        "KUBE-MARK-MASQ > MARK",
        "KUBE-SEP-C2FIVY6UUUTSJSY5 > DNAT",
        "FORWARD > KUBE-PROXY-FIREWALL",
        "FORWARD > KUBE-FORWARD",
        "KUBE-FORWARD > ACCEPT",
        "POSTROUTING > KUBE-POSTROUTING",
        "KUBE-POSTROUTING > MARK",
        "KUBE-POSTROUTING > MASQUERADE",
    ]


def test_connections_are_spread_as_the_exact_trace_says() -> None:
    tracer, rng = recorded("three-endpoints"), Random(1)
    counts = Counter(
        tracer.connect(POD, "10.96.0.11", 80, "tcp", rng, now_s=0).destination for _ in range(30_000)
    )
    assert sorted(counts) == ["10.244.1.5:8080", "10.244.1.6:8080", "10.244.1.7:8080"]
    assert all(abs(n - 10_000) < 400 for n in counts.values())


def test_a_client_stays_with_its_endpoint_until_it_was_silent_for_three_hours() -> None:
    tracer, rng = recorded("session-affinity"), Random(1)

    def serve(now_s: float) -> str:
        return tracer.connect(POD, "10.96.0.11", 80, "tcp", rng, now_s).destination

    first = serve(0)
    assert {serve(hour * 3600) for hour in range(1, 25)} == {first}
    assert len({serve(day * 86400) for day in range(2, 30)}) == 2


def test_asking_for_every_way_remembers_nothing_but_honours_what_is_remembered() -> None:
    tracer = recorded("session-affinity")
    assert len(tracer.trace(POD, "10.96.0.11", 80)) == 2
    assert len(tracer.trace(POD, "10.96.0.11", 80)) == 2
    served = tracer.connect(POD, "10.96.0.11", 80, "tcp", Random(1), now_s=0)
    [end] = tracer.trace(POD, "10.96.0.11", 80, now_s=10)
    assert end.destination == served.destination


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("-A FORWARD -m owner --uid-owner 0 -j DROP", "match 'owner'"),
        ("-A FORWARD -p tcp -m tcp --sport 1 -j DROP", "option --sport of match 'tcp'"),
        ("-A FORWARD -i eth0 -j DROP", "interface 'eth0'"),
        ("-A FORWARD -j TEE --gateway 1.2.3.4", "target TEE --gateway 1.2.3.4"),
        ("-A FORWARD -j NO-SUCH-CHAIN", "target NO-SUCH-CHAIN"),
        ("-A FORWARD -m statistic --mode nth --every 3 -j DROP", "match 'statistic' in another mode"),
        ("-A FORWARD -m recent --rdest --rcheck -j DROP", "option --rdest of match 'recent'"),
        ("-A FORWARD -s fe80::/10 -j DROP", "'fe80::' is no IPv4 address"),
    ],
)
def test_what_is_unknown_is_named_with_its_rule(rule: str, named: str) -> None:
    [end] = one_chain(rule).trace(POD, "10.0.0.9", 80)
    assert end.action == "UNKNOWN"
    assert named in end.reason
    assert rule in end.reason


def test_an_unknown_match_does_not_matter_where_a_known_one_already_fails() -> None:
    rule = "-A FORWARD -p udp -m owner --uid-owner 0 -j DROP"
    assert verdict(one_chain(rule)) == "ACCEPT"
    assert verdict(one_chain(rule), proto="udp") == "UNKNOWN"


@pytest.mark.parametrize(
    ("rule", "port", "matches"),
    [
        ("-p tcp -m tcp --dport 80", 80, True),
        ("-p tcp -m tcp --dport 80", 81, False),
        ("-p tcp -m tcp ! --dport 80", 80, False),
        ("-p tcp -m tcp --dport 79:81", 80, True),
        ("-p tcp -m multiport --dports 22,80,443", 80, True),
        ("-p tcp -m multiport --dports 22,443:445", 80, False),
        ("-p tcp --dport 80", 80, True),
        ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", 80, True),
        ("-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK", 80, False),
        ("! -p udp", 80, True),
        ("-s 10.244.0.0/16", 80, True),
        ("! -s 10.244.0.0/16", 80, False),
        ("-s 10.244.0.0/255.255.0.0 -d 10.0.0.8/31", 80, True),
        ("-m conntrack --ctstate NEW", 80, True),
        ("-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", 80, True),
        ("-m state --state ESTABLISHED", 80, False),
        ("-m mark --mark 0x4000/0x4000", 80, False),
        ("-m addrtype --dst-type LOCAL", 80, False),
        ("-m addrtype ! --src-type LOCAL", 80, True),
        ("-m nfacct --nfacct-name  some_counter", 80, True),
    ],
)
def test_a_match_decides(rule: str, port: int, matches: bool) -> None:
    assert verdict(one_chain(f"-A FORWARD {rule} -j DROP"), port=port) == ("DROP" if matches else "ACCEPT")


@pytest.mark.parametrize(
    ("why", "rules", "policy", "action"),
    [
        ("the policy decides at the end", [], "DROP", "DROP"),
        ("RETURN in a kernel's chain asks the policy", ["-A FORWARD -j RETURN"], "DROP", "DROP"),
        (
            "RETURN goes on after the jump",
            ["-A FORWARD -j SUB", "-A FORWARD -j REJECT", "-A SUB -j RETURN", "-A SUB -j DROP"],
            "ACCEPT",
            "REJECT",
        ),
        (
            "what was gone to returns to the caller of the goer",
            ["-A FORWARD -j SUB", "-A FORWARD -j REJECT", "-A SUB -g OTHER", "-A SUB -j DROP"],
            "ACCEPT",
            "REJECT",
        ),
        (
            "notes change nothing",
            ["-A FORWARD -j LOG --log-prefix x", "-A FORWARD -j DROP"],
            "ACCEPT",
            "DROP",
        ),
        (
            "chains in a circle are named",
            ["-A FORWARD -j SUB", "-A SUB -j OTHER", "-A OTHER -j SUB"],
            "ACCEPT",
            "UNKNOWN",
        ),
        (
            "a mark set is a mark found",
            ["-A FORWARD -j MARK --set-xmark 0x2/0x2", "-A FORWARD -m mark --mark 0x2/0x2 -j DROP"],
            "ACCEPT",
            "DROP",
        ),
    ],
)
def test_a_chain_is_walked_as_the_kernel_does(why: str, rules: list[str], policy: str, action: str) -> None:
    assert verdict(one_chain(*rules, policy=policy)) == action, why


def test_every_rule_looked_at_is_counted_though_an_index_finds_the_match() -> None:
    rules = [f"-A FORWARD -d 10.0.0.{i}/32 -p tcp -m tcp --dport 80 -j DROP" for i in range(1, 201)]
    tracer = one_chain(*rules)
    [at_nine] = tracer.trace(POD, "10.0.0.9", 80)
    [at_none] = tracer.trace(POD, "10.0.1.9", 80)
    assert (at_nine.visited, at_none.visited) == (9, 200)


def test_rules_without_an_exact_destination_keep_their_place_in_an_indexed_chain() -> None:
    rules = [f"-A FORWARD -d 10.0.0.{i}/32 -p tcp -m tcp --dport 80 -j DROP" for i in range(1, 20)]
    assert verdict(one_chain("-A FORWARD -d 10.0.0.0/24 -j REJECT", *rules)) == "REJECT"
    assert verdict(one_chain(*rules, "-A FORWARD -d 10.0.0.0/24 -j REJECT")) == "DROP"
    assert verdict(one_chain("-A FORWARD -p tcp -m tcp --dport 80 -j REJECT", *rules)) == "REJECT"


def test_an_address_that_is_none_is_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"'10\.96\.0' is no IPv4 address"):
        recorded("one-endpoint").trace(POD, "10.96.0", 80)


@pytest.mark.parametrize(
    ("option", "marks", "misses"),
    [
        ("--set-xmark 0x4000/0x0", "0x5/0xffff", "0x4005"),
        ("--set-xmark 0x1/0x1", "0x4005/0xffff", "0x4004"),
        ("--set-xmark 0x0/0x4", "0x4001/0xffff", "0x4005"),
        ("--set-mark 0x2/0x4", "0x4003/0xffff", "0x2"),
        ("--and-mark 0x1", "0x1/0xffff", "0x4005"),
        ("--or-mark 0x2", "0x4007/0xffff", "0x4005"),
        ("--xor-mark 0x4000", "0x5/0xffff", "0x4005"),
    ],
)
def test_a_mark_is_changed_bit_by_bit(option: str, marks: str, misses: str) -> None:
    """The packet has 0x4005 before."""
    before = "-A FORWARD -j MARK --set-mark 0x4005"
    found, missed = (
        one_chain(before, f"-A FORWARD -j MARK {option}", f"-A FORWARD -m mark --mark {mark} -j DROP")
        for mark in (marks, misses)
    )
    assert (verdict(found), verdict(missed)) == ("DROP", "ACCEPT")


def test_the_node_speaks_to_itself_at_localhost_from_there() -> None:
    """Or the rule that shields localhost from strangers would drop its packets."""
    [own] = recorded("one-endpoint").trace(NODE, "127.0.0.1", 9999)
    [stranger] = recorded("one-endpoint").trace(OUTSIDE, "127.0.0.1", 9999)
    assert (own.action, stranger.action) == ("ACCEPT", "DROP")


def test_lists_that_no_new_rule_names_are_dropped_and_others_go_on() -> None:
    tracer = recorded("session-affinity")
    served = tracer.connect(POD, "10.96.0.11", 80, "tcp", Random(1), now_s=0)
    [kept] = Tracer("\n".join(affinity_rules()), [NODE], tracer.recent).trace(POD, "10.96.0.11", 80)
    assert kept.destination == served.destination
    Tracer("*nat\nCOMMIT", [NODE], tracer.recent)
    assert len(Tracer("\n".join(affinity_rules()), [NODE], tracer.recent).trace(POD, "10.96.0.11", 80)) == 2


def affinity_rules() -> list[str]:
    [row] = [row for row in records.read("kubeproxy-iptables") if row["case"] == "session-affinity"]
    return list(row["rules"].values())
