"""When an alert fires: a real promtool, where there is one, checks the rule on series that no record has."""

import random
from pathlib import Path

import pytest

from insideout.monitoring.alerting import FIRING, INACTIVE, PENDING, AlertingRule
from insideout.monitoring.samples import Point
from tests.insideout.monitoring.promtool import Claim, complaint, needs_promtool

INTERVAL_S = 15


def states(there: list[bool], for_s: float, keep_s: float) -> list[str]:
    """Return the state after each evaluation of a rule whose result is there, or not."""
    rule, found = AlertingRule(for_s=for_s, keep_s=keep_s), []
    for number, is_there in enumerate(there):
        rule.evaluate([Point({"i": "a"}, 1.0)] if is_there else [], number * INTERVAL_S)
        found.append(rule.state({"i": "a"}))
    return found


CASES = {
    "it fires at once without for": ([True, False], 0, 0, [FIRING, INACTIVE]),
    "it is pending for as long as for says": ([True, True, True], 30, 0, [PENDING, PENDING, FIRING]),
    "a gap begins anew": ([True, False, True, True], 15, 0, [PENDING, INACTIVE, PENDING, FIRING]),
    "it is kept": ([True, False, False, False], 0, 30, [FIRING, FIRING, FIRING, INACTIVE]),
    "what is pending is not kept": ([True, False], 15, 60, [PENDING, INACTIVE]),
}


@pytest.mark.parametrize(("there", "for_s", "keep_s", "expected"), CASES.values(), ids=CASES)
def test_states(there: list[bool], for_s: float, keep_s: float, expected: list[str]) -> None:
    assert states(there, for_s, keep_s) == expected


@needs_promtool
@pytest.mark.parametrize("seed", range(3))
def test_a_real_promtool_says_the_same(seed: int, tmp_path: Path) -> None:
    rng, claims = random.Random(f"alerts/{seed}"), []
    for _ in range(20):
        for_s, keep_s = rng.choice((0, 15, 30, 60)), rng.choice((0, 15, 30, 45))
        often = rng.choice((0.3, 0.7, 0.95))
        there = [rng.random() < often for _ in range(30)]
        claims.append(Claim(there, for_s, keep_s, states(there, for_s, keep_s)))
    assert complaint(claims, INTERVAL_S, tmp_path) == ""
