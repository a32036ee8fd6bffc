"""What becomes of an object follows from its owners."""

import pytest

from insideout.client import Object
from insideout.controllers.garbagecollector.decision import Action, Owners, classify, decide
from insideout.controllers.garbagecollector.graph import FOREGROUND, ORPHAN

CASES: dict[str, tuple[Owners, list[str], int, Action]] = {
    "no owners": (Owners([], [], []), [], 0, Action("keep")),
    "an owner is there": (Owners(["o"], [], []), [], 0, Action("keep")),
    "one is there, one gone": (Owners(["o"], ["p"], []), [], 0, Action("drop-owners", ("p",))),
    "one is there, one waits": (Owners(["o"], [], ["w"]), [], 2, Action("drop-owners", ("w",))),
    "all gone": (Owners([], ["o"], []), [], 3, Action("delete", policy="Background")),
    "its own finalizer says orphan": (Owners([], ["o"], []), [ORPHAN], 3, Action("delete", policy="Orphan")),
    "or foreground": (Owners([], ["o"], []), [FOREGROUND], 0, Action("delete", policy="Foreground")),
    "an owner waits, it has dependents": (
        Owners([], [], ["w"]),
        [],
        1,
        Action("delete", policy="Foreground"),
    ),
    "an owner waits, it has none": (Owners([], [], ["w"]), [], 0, Action("delete", policy="Background")),
}


@pytest.mark.parametrize(("owners", "finalizers", "dependents", "expected"), CASES.values(), ids=CASES)
def test_decide(owners: Owners, finalizers: list[str], dependents: int, expected: Action) -> None:
    """Keep, drop owners, or delete."""
    obj = {"metadata": {"finalizers": finalizers}}
    assert decide(obj, owners, dependents=dependents, dependents_waiting=False) == expected


def test_classify() -> None:
    """A name with another UID is gone; foreground deletion waits; any other deletion is still there."""
    live: dict[str, Object] = {
        "there": {"metadata": {"uid": "1"}},
        "another": {"metadata": {"uid": "new"}},
        "waiting": {"metadata": {"uid": "3", "deletionTimestamp": "t", "finalizers": [FOREGROUND]}},
        "going": {"metadata": {"uid": "4", "deletionTimestamp": "t", "finalizers": ["mine"]}},
    }
    references = [
        {"name": name, "uid": str(uid)}
        for uid, name in enumerate(["there", "another", "waiting", "going", "missing"], start=1)
    ]
    owners = classify(references, lambda reference: live.get(reference["name"]))
    assert owners == (["1", "4"], ["2", "5"], ["3"])
