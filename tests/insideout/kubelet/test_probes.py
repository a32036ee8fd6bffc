"""A probe needs several answers in a row to change its verdict."""

import pytest

from insideout.kubelet.probes import ProbeSpec, Verdict

CASES = {
    "three failures in a row": (1, 3, True, "nnn", [True, True, False]),
    "a success between starts again": (1, 3, True, "nnynn", [True] * 5),
    "one success is enough": (1, 3, False, "ny", [False, True]),
    "two successes in a row": (2, 3, False, "ynyy", [False, False, False, True]),
    "undecided until there are enough": (1, 2, None, "nn", [None, False]),
}


@pytest.mark.parametrize(
    ("successes", "failures", "initial", "answers", "expected"), CASES.values(), ids=CASES
)
def test_verdict(
    successes: int, failures: int, initial: bool | None, answers: str, expected: list[bool | None]
) -> None:
    """The verdict after each answer, y or n."""
    verdict = Verdict(ProbeSpec(0, 10, successes, failures), initial)
    seen = []
    for answer in answers:
        verdict.observe(answer == "y")
        seen.append(verdict.passed)
    assert seen == expected
