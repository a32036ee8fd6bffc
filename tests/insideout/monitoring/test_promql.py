"""PromQL: how a query is read, what it gives, and what is said of one that makes no sense."""

import math
import re

import pytest

from insideout.monitoring.alerting import AlertingRule
from insideout.monitoring.promql import QueryError, evaluate
from insideout.monitoring.samples import Point, Series

FACTS = Series(
    {"__name__": "m", "job": "a"}, [(15.0, 0.0), (30.0, 15.0), (45.0, 30.0), (60.0, 5.0), (75.0, 20.0)]
)
TWO = (
    Series({"__name__": "m", "job": "a", "zone": "x"}, [(0.0, 6.0)]),
    Series({"__name__": "m", "job": "b", "zone": "x"}, [(0.0, 3.0)]),
    Series({"__name__": "n", "job": "a"}, [(0.0, 2.0)]),
    Series({"__name__": "n", "job": "c"}, [(0.0, 2.0)]),
)


def value(query: str, *, at: float = 0.0, series=TWO, before_3: bool = False):
    found = evaluate(query, series, at, before_3=before_3)
    if isinstance(found, float):
        return found
    return {tuple(sorted(point.labels.items())): point.value for point in found}


def test_a_reset_is_no_loss_and_windows_are_open_on_the_left_since_3():
    (increase,) = value("increase(m[60s])", at=75.0, series=[FACTS]).values()
    assert increase == pytest.approx(46.666666666666664, rel=1e-12)
    (before,) = value("increase(m[60s])", at=75.0, series=[FACTS], before_3=True).values()
    assert before == 50.0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("1 + 2 * 3 ^ 2 ^ 0", 7.0),
        ("-2 ^ 2", -4.0),
        ("(1 + 2) * 3 % 5", 4.0),
        ("sum(m)", {(): 9.0}),
        ("sum by (job) (m) > 4", {(("job", "a"),): 6.0}),
        ("max without (zone, job) (m)", {(): 6.0}),
        ("m / on (job) n", {(("job", "a"),): 3.0}),
        ("sum by (job) (m) / n", {(("job", "a"),): 3.0}),
        ("n unless on (job) m", {(("__name__", "n"), ("job", "c")): 2.0}),
        ("topk(1, m)", {(("__name__", "m"), ("job", "a"), ("zone", "x")): 6.0}),
        ("clamp_max(n, 1)", {(("job", "a"),): 1.0, (("job", "c"),): 1.0}),
        ('absent(m{job="z", job=~".*"})', {(): 1.0}),
        ('m{job!~"b|c", zone="x"}', {(("__name__", "m"), ("job", "a"), ("zone", "x")): 6.0}),
        ("scalar(m)", math.nan),
        ("quantile(0.5, m)", {(): 4.5}),
    ],
)
def test_an_expression_has_its_value(query, expected):
    found = value(query)
    assert found == expected or (isinstance(found, float) and math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("sum(m", "',' was expected at 5, not its end"),
        ("m[5m]", "a range of samples is no result"),
        ("rate(m)", "a range of samples was expected"),
        ("sum(m)[5m]", "a range belongs behind a selector"),
        ("m{job=a}", "a text in quotes was expected at 6, not 'a'"),
        ("m ? n", "'?' at 2 is no part of a query"),
        ("nothing(m)", "there is no function nothing with 1 arguments"),
        ("m / ignoring (job) n", "many-to-many"),
        ("1 offset 5m", "a selector or a subquery before offset"),
    ],
)
def test_a_query_that_makes_no_sense_is_told_in_one_line(query, complaint):
    with pytest.raises(QueryError, match=re.escape(complaint)) as caught:
        value(query)
    assert "\n" not in str(caught.value)


def test_a_stale_series_is_gone_at_once_and_a_silent_one_after_the_lookback():
    ended = Series({"__name__": "m"}, [(0.0, 1.0), (60.0, "stale")])
    silent = Series({"__name__": "m"}, [(0.0, 1.0)])
    assert value("m", at=59.9, series=[ended]) == value("m", at=299.9, series=[silent]) != {}
    assert value("m", at=60.0, series=[ended]) == value("m", at=300.0, series=[silent]) == {}


def test_an_alert_waits_fires_and_is_kept():
    rule, there = AlertingRule(for_s=60.0, keep_s=30.0), [Point({"__name__": "m", "i": "0"}, 9.0)]
    seen = []
    for at, vector in ((0.0, there), (30.0, there), (60.0, there), (75.0, []), (90.0, []), (105.0, [])):
        rule.evaluate(vector, at)
        seen.append(rule.state({"i": "0"}))
    assert seen == ["pending", "pending", "firing", "firing", "firing", "inactive"]
