"""A toleration matches a taint by key, value and effect; what it leaves out matches any."""

import pytest

from insideout.apimachinery import taints

TAINT = {"key": "k", "value": "v", "effect": "NoExecute"}

CASES = [
    ({"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute"}, True),
    ({"key": "k", "value": "v"}, True),
    ({"key": "k", "value": "w"}, False),
    ({"key": "k"}, False),
    ({"key": "k", "operator": "Exists"}, True),
    ({"key": "j", "operator": "Exists"}, False),
    ({"key": "k", "operator": "Exists", "effect": "NoSchedule"}, False),
    ({"operator": "Exists"}, True),
    ({"operator": "Exists", "effect": "NoExecute"}, True),
    ({"key": "k", "operator": "Gt", "value": "1"}, False),
]


@pytest.mark.parametrize(("toleration", "expected"), CASES)
def test_tolerates(toleration: dict[str, str], expected: bool) -> None:
    assert taints.tolerates(toleration, TAINT) is expected


def test_the_first_that_matches_counts() -> None:
    listed = [{"key": "j"}, {"key": "k", "operator": "Exists"}, {"operator": "Exists"}]
    assert taints.first_toleration(TAINT, listed) is listed[1]
    assert taints.first_toleration(TAINT, listed[:1]) is None


def test_a_taint_without_a_value_equals_a_toleration_without_one() -> None:
    assert taints.tolerates({"key": "k"}, {"key": "k", "effect": "NoSchedule"})
