"""The visible cases of the unit on monitoring: each rule is a contrast, so that no constant answer holds."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from course.checks.report import Case, Raises, kept
from course.units.u15_monitoring.answers import Pod, alert_states, hpa_replicas, prom_rate, working_set

RELATIVE = 1e-9


def near(expected: Any) -> Callable[[Any], Any]:
    """Return what takes an answer within 1e-9 of `expected`, relatively, for the expected one."""

    def part(value: Any) -> Any:
        both = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (value, expected))
        return expected if both and math.isclose(value, expected, rel_tol=RELATIVE) else value

    return part


def rate_case(rule: str, samples: Sequence[Sequence[float]], t: float, window: float, *closed: bool) -> Case:
    """Return a case of `prom_rate`; its answer is Prometheus' own."""
    expected = prom_rate(samples, t, window, *closed)
    return Case(
        rule, ([list(one) for one in samples], t, window, *closed), expected, near(expected), keeps=True
    )


@kept
def rate_cases() -> Iterator[Case]:
    """Yield the examples for `prom_rate(samples, t, window, left_closed=False)`."""
    for rule, table in _RATE.items():
        for samples, t, window, *closed in table:
            yield rate_case(rule, samples, t, window, *closed)


@kept
def working_set_cases() -> Iterator[Case]:
    """Yield the examples for `working_set(usage, inactive_file)`."""
    for rule, table in _WORKING_SET.items():
        for usage, inactive in table:
            yield Case(rule, (usage, inactive), working_set(usage, inactive))


def hpa_case(rule: str, current: int, pods: Sequence[Pod], target: int, *tolerance: float) -> Case:
    """Return a case of `hpa_replicas`; its answer is the autoscaler's own."""
    expected: Any
    try:
        expected = hpa_replicas(current, pods, target, *tolerance)
    except ValueError:
        expected = Raises("ValueError")
    return Case(rule, (current, [tuple(pod) for pod in pods], target, *tolerance), expected, keeps=True)


@kept
def hpa_cases() -> Iterator[Case]:
    """Yield the examples for `hpa_replicas(current, pods, target, tolerance=.1)`."""
    for rule, table in _HPA.items():
        for current, pods, target, *tolerance in table:
            yield hpa_case(rule, current, pods, target, *tolerance)


@kept
def alert_cases() -> Iterator[Case]:
    """Yield the examples for `alert_states(there, interval, hold, keep=0)`."""
    for rule, table in _ALERT.items():
        for text, *times in table:
            there = [letter == "x" for letter in text]
            yield Case(rule, (there, *times), alert_states(there, *times), keeps=True)


def _every(seconds: int, *values: float, first: int = 0) -> list[list[float]]:
    return [[first + number * seconds, value] for number, value in enumerate(values)]


_RATE: dict[str, list[tuple[Any, ...]]] = {
    "samples from end to end: the increase divided by the seconds": [
        (_every(15, 50, 80, 110, 140, 170), 60, 60.001),
        (_every(15, 100, 130, 190, 220), 45, 45.001),
        (_every(30, 7, 7, 7), 60, 60.001),
    ],
    "fewer than two samples in the window: None": [
        (_every(15, 5, 10), 15, 10),
        (_every(15, 5, 10), 15, 20),
        ([], 60, 60),
        (_every(15, 5, 10, 40), 100, 30),
    ],
    "a sample later than t, or too old, does not count": [
        (_every(15, 0, 10, 20, 90, 900), 45, 20),
        (_every(15, 0, 10, 20, 90, 900), 30, 31),
        (_every(10, 3, 4, 9, 50), 20, 15),
    ],
    "a sample exactly at the window's beginning counts only with left_closed": [
        (_every(15, 0, 15, 30, 45), 45, 30),
        (_every(15, 0, 15, 30, 45), 45, 30, True),
        (_every(30, 10, 40, 100), 60, 60),
        (_every(30, 10, 40, 100), 60, 60, True),
    ],
    "at a reset the value before it is added": [
        (_every(15, 100, 130, 10, 40), 45, 46),
        (_every(15, 0, 15, 30, 5, 20), 60, 61),
        (_every(15, 9, 3, 1), 30, 31),
        (_every(15, 50, 80, 80, 110), 45, 46),
    ],
    "near the window's ends the increase is stretched to them, far from them by half a spacing": [
        (_every(15, 100, 130, 160, 190, first=10), 60, 60),
        (_every(15, 100, 130, 160, 190, first=40), 90, 90),
        (_every(10, 500, 520, 540, first=100), 200, 150),
        (_every(20, 300, 340, 400), 62, 70),
    ],
    "a gap of exactly 1.1 spacings is far": [
        (_every(10, 200, 210, 220, first=11), 31, 31),
        (_every(10, 200, 210, 220, first=10), 30, 30),
        (_every(10, 200, 210, 220), 31, 40),
    ],
    "never before the counter's zero": [
        (_every(15, 3, 33, 63, first=10), 40, 50),
        (_every(15, 0, 30, 60, first=10), 40, 50),
        (_every(30, 1, 35, first=100), 130, 120),
        (_every(15, 0.1, 0.5, 0.9, first=10), 40, 50),
        (_every(15, 63, 93, 123, first=10), 40, 50),
    ],
}

_WORKING_SET: dict[str, list[tuple[int, int]]] = {
    "the file cache that nobody has used lately does not count": [(700, 200), (700, 0), (2**30, 2**29)],
    "never below 0": [(100, 300), (0, 1), (300, 300), (300, 299)],
}

_EVEN = (1000, 500, True)

_HPA: dict[str, list[tuple[Any, ...]]] = {
    "every pod measured: the ratio times the pods, rounded up": [
        (4, [(1000, 900, True)] * 4, 50),
        (3, [(1000, 700, True)] * 3, 50),
        (4, [(1000, 100, True)] * 4, 50),
        (2, [(100, 50, True), (300, 350, True)], 50),
    ],
    "within the tolerance, its edge included, the size stays": [
        (4, [(1000, 550, True)] * 4, 50),
        (4, [(1000, 560, True)] * 4, 50),
        (4, [(1000, 450, True)] * 4, 50),
        (4, [(1000, 449, True)] * 4, 50),
        (4, [(1000, 600, True)] * 4, 50, 0.2),
        (4, [(1000, 510, True)] * 4, 50, 0.0),
    ],
    "utilisation is a whole number of percent, rounded down": [
        (4, [(1000, 559, True)] * 4, 50),
        (4, [(1000, 560, True)] * 4, 50),
        (3, [(1000, 809, True)] * 3, 60),
        (3, [(1000, 810, True)] * 3, 60),
    ],
    "the ratio multiplies the pods that were measured, not the current size": [
        (6, [(1000, 900, True)] * 4, 50),
        (10, [(1000, 900, True)] * 4, 50),
        (2, [(1000, 200, True)] * 4, 50),
    ],
    "growing, an unready pod counts as using nothing; shrinking, it does not count": [
        (4, [(1000, 900, True)] * 3 + [(1000, 900, False)], 50),
        (4, [(1000, 200, True)] * 3 + [(1000, 900, False)], 50),
        (2, [(1000, 900, True), (1000, 0, False)], 50),
        (4, [(1000, 700, True)] * 3 + [(1000, 0, False)], 50),
        (4, [(1000, 500, True)] * 3 + [(1000, 0, False)], 50),
        (9, [(1000, 611, True)] * 9 + [(1000, 0, False)], 45),
        (9, [(1000, 611, True)] * 8 + [(1000, 612, True), (1000, 0, False)], 45),
    ],
    "shrinking, a pod without a metric uses all that it requests, or the target if that is more": [
        (4, [(1000, 200, True)] * 3 + [(1000, None, True)], 50),
        (6, [(1000, 100, True)] * 5 + [(1000, None, True)], 50),
        (6, [(1000, 100, True)] * 5 + [(1000, None, True)], 150),
        (3, [(1, 1, True), (1, None, True)], 150),
        (12, [(1000, 499, True)] * 9 + [(1000, None, True)], 60, 0.05),
        (4, [(1000, 0, True), (1000, 100, True), (1000, None, True)], 50),
    ],
    "growing, a pod without a metric uses nothing": [
        (4, [(1000, 900, True)] * 3 + [(1000, None, True)], 50),
        (4, [(1000, 700, True)] * 3 + [(1000, None, True)], 50),
        (3, [(1000, 1000, True)] + [(1000, None, True)] * 2, 50),
        (4, [(1000, 500, True)] * 3 + [(1000, None, True)], 50),
        (9, [(1000, 611, True)] * 9 + [(1000, None, True)], 45),
        (9, [(1000, 611, True)] * 8 + [(1000, 612, True), (1000, None, True)], 45),
    ],
    "what is assumed never turns the direction round": [
        (4, [(1000, 600, True)] * 2 + [(1000, None, True)] * 2, 50),
        (4, [(1000, 400, True)] * 2 + [(1000, None, True)] * 2, 50),
        (4, [(1000, 900, True)] * 3, 50),
    ],
    "nor does a size against the ratio: then the current one stays": [
        (2, [(1000, 200, True)] * 4 + [(1000, None, True)], 50),
        (10, [(1000, 900, True)] * 3 + [(1000, None, True)], 50),
        (5, [(1000, 200, True)] * 4 + [(1000, None, True)], 50),
        (10, [(1000, 900, True)] * 3 + [(1000, 900, False)], 50),
    ],
    "without a usable metric or a request there is no answer": [
        (2, [(1000, None, True)] * 2, 50),
        (2, [(1000, 500, False)] * 2, 50),
        (2, [(None, 500, True), _EVEN], 50),
        (2, [_EVEN, _EVEN], 25),
        (2, [(0, 500, True), _EVEN], 50),
    ],
}

_ALERT: dict[str, list[tuple[Any, ...]]] = {
    "a result makes an alert pending, and firing once it has been there for `hold` seconds": [
        ("xxxx", 15, 30, 0),
        ("xxxx", 30, 30, 0),
        ("-xxx", 15, 60, 0),
        ("xxx", 15, 0, 0),
    ],
    "without a result it is inactive at once, and the wait begins anew": [
        ("xx-xxxx", 15, 30, 0),
        ("xxx-x-x", 15, 30, 0),
        ("x-x", 60, 0, 0),
        ("xxx--", 15, 30),
    ],
    "a firing alert goes on for `keep` seconds without a result": [
        ("xxx----", 15, 15, 30),
        ("xxx-x--", 15, 15, 30),
        ("xxx--x---", 15, 15, 45),
    ],
    "a pending alert is not kept": [
        ("xx--xx", 15, 60, 30),
        ("x-xxxx", 15, 30, 30),
        ("xxxxx--", 15, 60, 30),
    ],
}
