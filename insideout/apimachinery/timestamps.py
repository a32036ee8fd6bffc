"""How the API writes an instant: RFC 3339 in UTC, to the second or, in Leases and Events, to the microsecond.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go@v1.36.2.
"""

from datetime import UTC, datetime
from functools import lru_cache


# Remembered because one present is written many times: on events, conditions and in managed fields.
@lru_cache(maxsize=256)
def seconds(instant: datetime) -> str:
    """Write `instant` as metav1.Time does, cutting what is below a second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=256)
def micros(instant: datetime) -> str:
    """Write `instant` as metav1.MicroTime does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Read either form; raises ValueError for anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)
