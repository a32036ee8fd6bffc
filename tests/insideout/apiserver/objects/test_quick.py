"""What is read quickly is what the types read; where there is something to say, it is left to them."""

from typing import Any

import pytest
from hypothesis import given

from insideout.apiserver.kinds import BUILT_IN
from insideout.apiserver.objects import quick
from insideout.apiserver.objects.go_json import Fraction, Repeated
from insideout.apiserver.objects.go_types import Notes
from insideout.apiserver.objects.schema import struct
from tests.insideout.apiserver.objects.test_fuzz import KINDS, QUICK, SEEDS, Writer

POD: dict[str, Any] = {
    "metadata": {"name": "web", "labels": {"app": "web"}, "creationTimestamp": "2026-01-01T01:00:00+01:00"},
    "spec": {
        "containers": [
            {"name": "a", "image": "", "resources": {"requests": {"cpu": "0.1"}}, "args": ["x"], "env": None}
        ],
        "priority": 0,
        "hostNetwork": False,
    },
    "status": {"containerStatuses": [{"name": "a", "ready": False, "restartCount": 0}]},
}
ODD: dict[str, Any] = {
    "an unknown field": {"spec": {"replicas": 3}},
    "an unknown field that is null": {"spec": {"replicas": None}},
    "a number for a string": {"metadata": {"name": 1}},
    "a string for a number": {"spec": {"priority": "1"}},
    "a number for a label": {"metadata": {"labels": {"app": 1}}},
    "a number among strings": {"spec": {"containers": [{"args": [1]}]}},
    "null among numbers": {"spec": {"securityContext": {"supplementalGroups": [1, None]}}},
    "null for a quantity": {"spec": {"overhead": {"cpu": None}}},
    "an object for a list": {"spec": {"containers": {}}},
    "a list for an object": {"spec": []},
    "a list for a map": {"metadata": {"labels": []}},
    "no quantity": {"spec": {"overhead": {"cpu": "one"}}},
    "a key given twice": {"spec": Repeated(priority=1)},
    "a fraction": {"spec": {"priority": Fraction(1.5)}},
    "a list instead of the object": [],
}


@pytest.mark.parametrize("resource", KINDS)
def test_same_as_the_types(resource: str) -> None:
    model = KINDS[resource].model

    @QUICK
    @given(SEEDS)
    def check(seed: int) -> None:
        body = Writer(seed).body(KINDS[resource])
        try:
            read = quick.reader(model)(body)
        except quick.GIVES_UP:
            return
        notes = Notes()
        assert read == struct(model).read(body, "", "", notes)
        assert not notes.strict
        assert not notes.wrong_type

    check()


def test_an_ordinary_object_is_read() -> None:
    read = quick.reader("V1Pod")(POD)
    assert read == struct("V1Pod").read(POD, "", "", Notes())
    assert read["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"
    assert read["spec"]["containers"] == [
        {"name": "a", "args": ["x"], "resources": {"requests": {"cpu": "100m"}}}
    ]
    assert read["spec"]["priority"] == 0, "a pointer keeps its zero"
    assert read["status"]["containerStatuses"][0]["ready"] is False, "written even when zero"


def test_what_is_read_shares_nothing_with_the_body() -> None:
    read = quick.reader("V1Pod")(POD)
    for path in (("metadata", "labels"), ("spec", "containers"), ("status",)):
        ours, theirs = read, POD
        for step in path:
            ours, theirs = ours[step], theirs[step]
        assert ours is not theirs


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_gives_up_where_there_is_something_to_say(body: Any) -> None:
    with pytest.raises(quick.GIVES_UP):
        quick.reader("V1Pod")(body)


def test_every_built_in_kind_compiles() -> None:
    for kind in BUILT_IN:
        assert quick.reader(kind.model)({"metadata": {"name": "x"}})["metadata"] == {"name": "x"}
