"""Metric families as tables: a name, its help, its labels, and rows of label values with a number.

Every part of a cluster says in these what it exposes at /metrics.

Source: the exposition format, through prometheus_client; help texts as upstream's, shortened.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from prometheus_client import generate_latest
from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric

Row = tuple[Sequence[str], float]


class Collects(Protocol):
    """A collector in the sense of prometheus_client."""

    def collect(self) -> Iterator[Metric]:
        """Yield metric families."""


def text(*collectors: Collects) -> str:
    """Return what GET /metrics answers, in the exposition format."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry).decode()


def gauge(name: str, text: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    """Return a gauge with a sample for each row."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


def counter(name: str, text: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    """Return a counter, whose name ends in _total, with a sample for each row."""
    family = CounterMetricFamily(name.removesuffix("_total"), text, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family
