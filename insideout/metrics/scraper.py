"""A Prometheus in the cluster's time: it scrapes every target at an interval, keeps samples, answers queries.

A series that a scrape no longer has gets a staleness marker, and so do all series of a target that does not
answer; `up` says which do.  Labels of a metric that a target label hides are dropped, not renamed.

Source: prometheus/scrape/scrape.go@v3.14.0.
"""

from collections.abc import Callable, Iterable

from insideout.cluster import Cluster
from insideout.metrics.targets import Target, kubelets, targets
from insideout.monitoring.promql import Prometheus, evaluate, parse
from insideout.monitoring.samples import NAME, STALE, Point, Series
from insideout.sim import Timer

Key = frozenset[tuple[str, str]]


class Scraper:
    """Scrapes a cluster from now on; `stop` ends it."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        interval_s: float = 15.0,
        discover: Callable[[Cluster], Iterable[Target]] = targets,
    ) -> None:
        self._cluster = cluster
        self._interval_s = interval_s
        self._discover = discover
        self._began_s = cluster.loop.call(lambda: cluster.loop.now_s)
        self._points: dict[Key, list[tuple[float, float | str]]] = {}
        self._there: dict[tuple[str, str], set[Key]] = {}
        self._known: dict[tuple[str, str], Target] = {}
        self._timer: Timer | None = None
        cluster.loop.call(self._scrape)

    @property
    def now_s(self) -> float:
        """Seconds since scraping began, which is a full hour."""
        return self._cluster.loop.clock_s() - self._began_s

    @property
    def series(self) -> list[Series]:
        """Everything that was scraped."""
        return [Series(dict(key), points) for key, points in list(self._points.items())]

    @property
    def samples(self) -> int:
        """How many values were kept."""
        return sum(len(points) for points in self._points.values())

    def query(self, text: str, *, at: float | None = None) -> float | list[Point]:
        """Return the value of a query, now or at seconds since the beginning.  Raises QueryError."""
        return evaluate(text, self.series, self.now_s if at is None else at)

    def query_range(self, text: str, *, step_s: float = 15.0) -> dict[Key, list[tuple[float, float]]]:
        """Return the value of a query at every step since the beginning, by labels."""
        found: dict[Key, list[tuple[float, float]]] = {}
        expression, prometheus, at = parse(text), Prometheus(self.series), 0.0
        while at <= self.now_s:
            value = prometheus.at(expression, at)
            vector = [Point({}, value)] if isinstance(value, float) else value
            for point in vector:
                found.setdefault(frozenset(point.labels.items()), []).append((at, point.value))
            at += step_s
        return found

    def stop(self) -> None:
        """Scrape no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _scrape(self) -> None:
        self._timer = self._cluster.loop.call_later(self._interval_s, self._scrape)
        for target in self._discover(self._cluster):
            # Always the newest: a part that took the place of another has a collector of its own.
            self._known[target.job, target.instance] = target
        now_s = self._cluster.loop.now_s - self._began_s
        for name, target in self._known.items():
            self._scrape_one(now_s, name, target)

    def _scrape_one(self, now_s: float, name: tuple[str, str], target: Target) -> None:
        own = {"job": target.job, "instance": target.instance}
        values = dict[Key, float]()
        answers = not self._is_cut_off(target)
        if answers:
            try:
                for family in target.collector.collect():
                    for sample in family.samples:
                        labels = {key: text for key, text in sample.labels.items() if text}
                        key = frozenset({**labels, **own, NAME: sample.name}.items())
                        values[key] = float(sample.value)
            except OSError:  # the API server is out of reach
                answers, values = False, {}
        there = set(values)
        for key in self._there.get(name, set()) - there:
            self._points[key].append((now_s, STALE))
        self._there[name] = there
        values[frozenset({**own, NAME: "up"}.items())] = float(answers)
        for key, value in values.items():
            self._points.setdefault(key, []).append((now_s, value))

    def _is_cut_off(self, target: Target) -> bool:
        if not target.node:
            return False
        node = kubelets(self._cluster).get(target.node)
        return node is None or node.is_silent
