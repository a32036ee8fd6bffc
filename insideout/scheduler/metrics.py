"""A part of the scheduler's /metrics: which of its queues pods wait in.

Source: pkg/scheduler/metrics/metrics.go@v1.36.2.
"""

from collections.abc import Iterator

from prometheus_client.core import Metric

from insideout.monitoring.families import gauge
from insideout.scheduler.scheduler import Scheduler


class SchedulerMetrics:
    """A collector over the scheduler's queue."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        yield gauge(
            "scheduler_pending_pods",
            "Number of pending pods, by the queue type.",
            ("queue",),
            (([queue], float(count)) for queue, count in self._scheduler.queue.counts().items()),
        )
