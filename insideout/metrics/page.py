"""What another program serves at /metrics, as a collector.

Buckets of histograms are left out, as many scrape configurations drop them: they are four fifths of what
kube-apiserver says.  Their sums and counts stay.
"""

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families


class Page:
    """A collector of what `read` returns, a text in the exposition format; OSError is who does not answer."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        lines = (line for line in self._read().splitlines() if "_bucket{" not in line)
        yield from text_string_to_metric_families("\n".join(lines) + "\n")
