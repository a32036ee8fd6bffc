"""Plays recorded queries and alerting rules of Prometheus.

Source: what the fields mean is in insideout/records/README.md.
"""

import math
from collections.abc import Iterator, Sequence

from insideout.monitoring.alerting import AlertingRule
from insideout.monitoring.promql import Prometheus, parse
from insideout.monitoring.samples import NAME, STALE, Point, Series, read
from insideout.verify.normal import differences
from insideout.verify.outcome import Row

VERSIONS = (("want", False), ("want_v2", True))
RELATIVE = 1e-9
"""How near a value must be to the recorded one."""


def verify_promql(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Evaluate every query as Prometheus 3.14.0 did, and as 2.42.0 did where that differs."""
    for row in rows:
        expression, series = parse(row["query"]), tuple(read(row["series"]))
        found: list[str] = []
        for key, before_3 in VERSIONS:
            want = row[key] if key in row else row["want"]
            got = Prometheus(series, before_3=before_3).at(expression, float(row["at"]))
            vector = [Point({}, got)] if isinstance(got, float) else got
            found += [f"{key}{line}" for line in _compared(want, vector)]
        yield f"{row['id']} {row['query']}", found


def _compared(want: Sequence[Sequence[Row | str]], got: Sequence[Point]) -> list[str]:
    wanted = {frozenset(labels.items()): float(str(value).replace("+Inf", "inf")) for labels, value in want}  # type: ignore[union-attr]  # the first of two is labels
    made = {frozenset(point.labels.items()): point.value for point in got}
    near = {
        key: value
        if not (key in wanted and math.isclose(value, wanted[key], rel_tol=RELATIVE, abs_tol=0.0))
        else wanted[key]
        for key, value in made.items()
    }
    return list(differences(_texts(wanted), _texts(near)))


def _texts(vector: dict[frozenset[tuple[str, str]], float]) -> dict[str, str]:
    return {str(sorted(labels)): repr(value) for labels, value in vector.items()}


def verify_alerts(rows: Sequence[Row]) -> Iterator[tuple[str, list[str]]]:
    """Evaluate every rule at each interval; every series' state must be the recorded one."""
    for row in rows:
        interval_s, series = float(row["interval"]), series_of_alert(row)
        prometheus, expression = Prometheus(series, before_3=True), parse(row["expr"])
        rule = AlertingRule(for_s=row["for"], keep_s=row["keep_firing_for"])
        got: dict[str, list[str]] = {name: [] for name in row["series"]}
        for number in range(max(map(len, row["want"].values()))):
            vector = prometheus.at(expression, number * interval_s)
            assert isinstance(vector, list)
            rule.evaluate(vector, number * interval_s)
            for name, states in got.items():
                states.append(rule.state({"i": name}))
        yield row["id"], list(differences(row["want"], got))


def series_of_alert(row: Row) -> list[Series]:
    """Return the series of a recorded rule, one sample an interval; the label i is their name."""
    interval_s = float(row["interval"])
    return [
        Series(
            {NAME: "m", "i": name},
            [
                (number * interval_s, value if value == STALE else float(value))
                for number, value in enumerate(values)
                if value != "_"
            ],
        )
        for name, values in row["series"].items()
    ]
