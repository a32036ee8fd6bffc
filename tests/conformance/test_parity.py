"""Parity: every backend that is here answers what needs only an API server as the records say."""

import pytest

from insideout.verify.outcome import Outcome
from tests.conformance.excuses import ALWAYS, BY_VERSION, excuses
from tests.conformance.parity import Case, Result, Side, cases, sides, table


def differing(every: int) -> list[str]:
    """Play every so many-eth case; return the lines of what differs and may not."""
    played = cases(every)
    return [
        f"{side.name} {outcome.place}: {line}"
        for side in sides()
        for result in side.play(played)
        for outcome in result.unexplained()
        for line in outcome.differences
    ]


def test_a_sample_is_answered_as_recorded():
    assert differing(16) == []


@pytest.mark.slow
def test_everything_is_answered_as_recorded():
    assert differing(1) == []


def test_a_wrong_answer_is_a_difference():
    case = next(each for each in cases() if each.name == "pod-crud")
    (row,) = case.rows
    wrong = row | {"want": [[row["want"][0][0], 418, row["want"][0][2]], *row["want"][1:]]}
    (side, *_) = sides({})
    (result,) = side.play([case._replace(rows=[wrong])])
    assert [each.differences for each in result.unexplained()] == [("code: want 418, got 201",)]
    assert result.told() == "12/13"


def test_a_backend_that_is_not_here_says_why(tmp_path):
    named = {each.name: each for each in sides({"COURSE_CONTROLPLANE_BIN": str(tmp_path)})}
    (result,) = named["controlplane"].play(cases()[:1])
    assert "kube-apiserver" in result.skipped
    (result,) = named["kubeconfig"].play(cases()[:1])
    assert result.skipped == "COURSE_CONTEXT names no context"


def test_the_table_has_a_column_a_backend_and_reasons_below():
    told = {name: Side(name, lambda: None) for name in ("embedded", "controlplane")}
    place, other = next(iter(ALWAYS)), "pods[0] GET /x"
    may = excuses("controlplane", "v1.36.2")
    outcomes = (Outcome(place, ("a: want 1, got 2",)), Outcome(other, ()), Outcome("q[1]", ("b",)))
    shown = list(
        table(
            [Case("http", "pods", []), Case("qos", "", [])],
            [
                (told["embedded"], [Result(outcomes), Result(skipped="no reason")]),
                (told["controlplane"], [Result(outcomes, excuses=may), Result((Outcome("pod 0", ()),))]),
            ],
        )
    )
    assert [line.split() for line in shown[:3]] == [
        ["case", "embedded", "controlplane"],
        ["http", "pods", "1/3", "1/3", "(1", "explained)"],
        ["qos", "skipped", "1/1"],
    ]
    assert shown[3:] == [
        "embedded: 1 skipped: no reason",
        f"embedded: http {place}: a: want 1, got 2",
        "embedded: http q[1]: b",
        "controlplane: http q[1]: b",
        f"controlplane: http {place}: may differ: {ALWAYS[place]}",
    ]


def test_only_the_real_ones_have_an_excuse_and_1_34_more_of_them():
    assert excuses("embedded", "v1.34.9") == excuses("kubeconfig", "v1.34.9") == {}
    assert excuses("controlplane", "v1.36.2") == excuses("controlplane", "v1.35.0") == ALWAYS
    assert excuses("controlplane", "v1.34.3+build") == {**ALWAYS, **BY_VERSION["1.34"]}
    places = {
        (case.name, want[0])
        for case in cases()
        for row in case.rows
        for want in row.get("want", ())
        if isinstance(want, list)
    }
    for place in (*ALWAYS, *BY_VERSION["1.34"]):
        name, _, step = place.rstrip("]").partition("[")
        assert (name, int(step)) in places, place
