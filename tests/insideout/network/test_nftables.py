"""The text of the rules; what a kernel makes of them is tried in kernel/test_reach.py."""

from typing import Any

from insideout.network.nftables import render

NAMESPACES: dict[str, dict[str, str]] = {"x": {}, "y": {}}


def pod(namespace: str, name: str, ip: str, *, host: bool = False) -> dict[str, Any]:
    """Return a Pod with a port of a name."""
    ports = [{"name": "http", "containerPort": 80, "protocol": "TCP"}]
    return {
        "namespace": namespace,
        "name": name,
        "labels": {"app": name},
        "ip": ip,
        "ports": ports,
        "hostNetwork": host,
    }


PODS = [pod("x", "a", "10.0.0.1"), pod("x", "b", "fd00::2"), pod("y", "h", "10.0.9.9", host=True)]


def rules(*ingress: dict[str, Any], name: str = "p") -> list[str]:
    """Return the lines for a policy of namespace x with these ingress rules."""
    policy = {"metadata": {"namespace": "x", "name": name}, "spec": {"podSelector": {}, "ingress": ingress}}
    return [line.strip() for line in render([policy], NAMESPACES, PODS).splitlines()]


def accepts(*ingress: dict[str, Any]) -> list[str]:
    """Return the rules of the policy's chain, without the comment that all have."""
    end = ' accept comment "x/p ingress[0]"'
    return [line.removesuffix(end) for line in rules(*ingress) if line.endswith(end.strip())]


def test_without_policies_nobody_is_looked_up() -> None:
    text = render([], NAMESPACES, PODS)
    assert "vmap" not in text
    assert "drop" not in text


def test_the_table_is_replaced_as_a_whole() -> None:
    """Loading twice leaves one table; the first line makes deleting possible when there is none."""
    assert rules()[:2] == ["table inet network-policy", "delete table inet network-policy"]


def test_an_isolated_pod_is_looked_up_in_its_family_and_only_in_its_direction() -> None:
    lines = rules()
    assert "ip daddr vmap { 10.0.0.1 : goto ingress/pod/x/a }" in lines
    assert "ip6 daddr vmap { fd00::2 : goto ingress/pod/x/b }" in lines
    assert not [line for line in lines if "egress/pod" in line]
    assert lines.count("counter name denied drop") == 2


def test_peers_of_each_family_and_each_block() -> None:
    block = {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/24", "10.1.0.128/25", "10.2.0.0/24"]}}
    six = {"ipBlock": {"cidr": "fd00::/8"}}
    assert accepts({"from": [{"podSelector": {}}, block, six]}) == [
        "ip saddr { 10.0.0.1 }",
        "ip6 saddr { fd00::2 }",
        "ip saddr 10.0.0.0/8 ip saddr != { 10.1.0.0/24, 10.2.0.0/24 }",
        "ip6 saddr fd00::/8",
    ]


def test_ports_by_number_range_protocol_and_name() -> None:
    """A name is a number only together with the destination's address."""
    ports = [
        {"port": 80},
        {"port": 53, "endPort": 81, "protocol": "UDP"},
        {"protocol": "SCTP"},
        {"port": "http"},
    ]
    assert accepts({"ports": ports}) == [
        "tcp dport 80",
        "udp dport 53-81",
        "meta l4proto sctp",
        "ip daddr . tcp dport { 10.0.0.1 . 80 }",
        "ip6 daddr . tcp dport { fd00::2 . 80 }",
    ]


def test_what_matches_nobody_makes_no_rule() -> None:
    nobody = {"podSelector": {"matchLabels": {"app": "none"}}}
    assert accepts({"from": [nobody]}) == []
    assert accepts({"ports": [{"port": "none"}]}) == []
    assert accepts({"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "h"}}}]}) == []


def test_an_empty_rule_lets_everybody_in() -> None:
    assert rules({}).count('accept comment "x/p ingress[0]"') == 1


def test_the_longest_names_stay_names_of_their_own() -> None:
    """A chain may have 255 bytes and a comment 128; a policy's name alone may have 253."""
    chains = [
        next(line for line in rules({}, name="n" * 252 + end) if line.startswith("chain ingress/policy/"))
        for end in "ab"
    ]
    assert chains[0] != chains[1]
    assert all(len(chain) < 140 for chain in chains)
