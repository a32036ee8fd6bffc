"""Seeded cases of the unit on monitoring; the right answers come from the package's own parts."""

from collections.abc import Iterator
from random import Random

from course.checks.report import Case, kept
from course.units.u15_monitoring.answers import Pod, alert_states
from course.units.u15_monitoring.cases import hpa_case, rate_case


@kept
def rate_cases(seed: int) -> Iterator[Case]:
    """Yield counters with resets, gaps and uneven spacing."""
    rng = Random(seed)
    for number in range(60):
        spacing = rng.choice([10, 15, 30, 60])
        at, value, samples = rng.uniform(0, spacing), float(rng.choice([0, rng.randrange(500)])), []
        for _ in range(rng.randrange(2, 25)):
            samples.append([round(at, 2), value])
            at += spacing * rng.choice([1, 1, 1, 1, rng.uniform(0.9, 1.2), 2, 6])
            value = float(rng.choice([0, 5])) if rng.random() < 0.08 else value + rng.choice([0, 1, 3, 7, 20])
        t = rng.choice([samples[-1][0], round(rng.uniform(0, at), 2)])
        window = float(spacing * rng.choice([1, 2, 4, 8, 20]))
        if number % 3 == 0:  # a sample at the very beginning
            t = samples[0][0] + window
        rule = "counters with resets and gaps" if number % 3 else "windows that begin at a sample"
        yield rate_case(rule, samples, t, window, *([True] if number % 4 == 0 else []))


@kept
def hpa_cases(seed: int) -> Iterator[Case]:
    """Yield workloads with missing and unready pods around the target."""
    rng = Random(seed)
    for number in range(80):
        count, target = rng.randrange(1, 9), rng.choice([30, 50, 60, 80, 100, 120])
        request = rng.choice([100, 200, 250, 1000])
        load = target / 100 * rng.choice([0.2, 0.5, 0.88, 0.9, 1.0, 1.1, 1.12, 1.5, 2.5])
        pods: list[Pod] = []
        for _ in range(count):
            usage = int(request * load * rng.uniform(0.9, 1.1))
            kind = rng.choice(["there", "there", "there", "missing", "unready"]) if number % 2 else "there"
            pods.append((request, None if kind == "missing" else usage, kind != "unready"))
        current = count if number % 3 else rng.randrange(1, 12)
        rule = "some pods missing or unready" if number % 2 else "every pod measured"
        yield hpa_case(rule, current, pods, target)


@kept
def alert_cases(seed: int) -> Iterator[Case]:
    """Yield results that come and go."""
    rng = Random(seed)
    for number in range(40):
        there, result = [], False
        for _ in range(rng.randrange(5, 30)):
            result = result if rng.random() < 0.7 else not result
            there.append(result)
        interval, steps = rng.choice([15, 30, 60]), rng.randrange(5)
        keep = interval * rng.randrange(1, 4) if number % 2 else 0
        rule = "alerts that are kept" if keep else "alerts that end at once"
        states = alert_states(there, interval, interval * steps, keep)
        yield Case(rule, (there, interval, interval * steps, keep), states, keeps=True)
