import pytest

from insideout.client import Object
from insideout.scheduler.filters import taint_toleration
from tests.insideout.scheduler.builders import node, pod, reasons, snapshot

TABLE: dict[str, tuple[tuple[str, str, str], Object | None, bool]] = {
    "nothing tolerates": (("k", "v", "NoSchedule"), None, False),
    "PreferNoSchedule never keeps away": (("k", "v", "PreferNoSchedule"), None, True),
    "NoExecute keeps away": (("k", "v", "NoExecute"), None, False),
    "equal value": (("k", "v", "NoSchedule"), {"key": "k", "value": "v"}, True),
    "other value": (("k", "v", "NoSchedule"), {"key": "k", "operator": "Equal", "value": "w"}, False),
    "any value": (("k", "v", "NoSchedule"), {"key": "k", "operator": "Exists"}, True),
    "other effect": (
        ("k", "v", "NoExecute"),
        {"key": "k", "operator": "Exists", "effect": "NoSchedule"},
        False,
    ),
    "any effect": (("k", "v", "NoExecute"), {"key": "k", "value": "v"}, True),
    "any key": (("k", "v", "NoSchedule"), {"operator": "Exists"}, True),
    "other key": (("k", "v", "NoSchedule"), {"key": "l", "operator": "Exists"}, False),
    "comparison is off": (("k", "5", "NoSchedule"), {"key": "k", "operator": "Gt", "value": "3"}, False),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_pod_keeps_off_taints_it_does_not_tolerate(case: str) -> None:
    """Key, operator, value and effect of the toleration decide."""
    taint, toleration, fits = TABLE[case]
    new = pod(tolerations=[toleration] if toleration else [])
    said = reasons(taint_toleration, new, snapshot(node("n", taints=[taint])))
    assert said == {"n": "" if fits else "node(s) had untolerated taint(s)"}


def test_every_hard_taint_must_be_tolerated() -> None:
    """One tolerated taint of two is not enough."""
    view = snapshot(node("n", taints=[("a", "", "NoSchedule"), ("b", "", "NoSchedule")]))
    new = pod(tolerations=[{"key": "a", "operator": "Exists"}])
    assert reasons(taint_toleration, new, view) == {"n": "node(s) had untolerated taint(s)"}
