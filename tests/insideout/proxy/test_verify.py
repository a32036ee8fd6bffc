import copy
import re

import pytest

from insideout import records
from insideout.proxy.verify import differences, verify

ROWS = [
    pytest.param(row, id=f"{kind}-{row['case']}")
    for kind in ("iptables", "nftables")
    for row in records.read(f"kubeproxy-{kind}")
]


@pytest.mark.parametrize("row", ROWS)
def test_every_record_is_met_rule_for_rule(row: dict) -> None:
    assert differences(row) == []


def test_each_case_is_reported_by_its_name() -> None:
    rows = records.read("kubeproxy-iptables")[:2]
    assert verify(rows) == [("one-endpoint", []), ("three-endpoints", [])]


@pytest.mark.parametrize("row", ROWS)
def test_a_record_with_any_line_taken_out_is_not_met(row: dict) -> None:
    """No rule, chain, set or element escapes the comparison."""
    for table, text in row["rules"].items():
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if not re.search(r"^(:|-A )|elements|\t\t\w", line):
                continue
            changed = copy.deepcopy(row)
            changed["rules"][table] = "\n".join(lines[:number] + lines[number + 1 :])
            assert differences(changed), f"{table} without line {number}: {line}"


def test_two_rules_of_one_chain_exchanged_are_noticed() -> None:
    row = copy.deepcopy(records.read("kubeproxy-iptables")[1])
    lines = row["rules"]["nat"].splitlines()
    first, second = [number for number, line in enumerate(lines) if "--probability" in line]
    lines[first], lines[second] = lines[second], lines[first]
    row["rules"]["nat"] = "\n".join(lines)
    assert [line.split(":")[0] for line in differences(row)] == ["nat"]


def test_the_order_of_services_in_a_shared_chain_does_not_matter() -> None:
    row = copy.deepcopy(
        next(one for one in records.read("kubeproxy-iptables") if one["case"] == "two-services")
    )
    lines = row["rules"]["nat"].splitlines()
    first, second = [number for number, line in enumerate(lines) if re.search("-A KUBE-SERVICES -d", line)]
    lines[first], lines[second] = lines[second], lines[first]
    row["rules"]["nat"] = "\n".join(lines)
    assert differences(row) == []
