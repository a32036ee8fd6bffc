import re

import pytest

from insideout import records
from insideout.proxy.netfilter.parse import Match, Option, parse


def test_every_recorded_rule_is_read() -> None:
    for row in records.read("kubeproxy-iptables"):
        text = "\n".join(row["rules"].values())
        tables = parse(text)
        read = [rule.text for table in tables.values() for chain in table.values() for rule in chain.rules]
        assert sorted(read) == sorted(line for line in text.splitlines() if line.startswith("-A"))
        assert tables["nat"]["PREROUTING"].policy == "ACCEPT"
        assert tables["nat"]["KUBE-SERVICES"].policy == ""


def test_counters_comments_and_both_orders_are_read() -> None:
    text = """# Generated
*nat
:C - [0:0]
[3:180] -A C -m comment --comment "a -j b" -m tcp ! -p tcp -d 10.0.0.1/32 ! --dport 80 -g D
COMMIT
"""
    [rule] = parse(text)["nat"]["C"].rules
    assert rule.header == (
        Option("protocol", ("tcp",), negated=True),
        Option("destination", ("10.0.0.1/32",)),
    )
    assert rule.matches == (
        Match("comment", (Option("--comment", ("a -j b",)),)),
        Match("tcp", (Option("--dport", ("80",), negated=True),)),
    )
    assert (rule.target, rule.goto) == ("D", True)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-A C -j D", 'line 1: a table such as "*nat" must come first'),
        ("*nat\nC -j D", 'line 2: a rule begins with "-A CHAIN"'),
        ('*nat\n-A C -m comment --comment "open', "line 2: a quotation is not closed"),
    ],
)
def test_what_is_not_iptables_save_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse(text)
