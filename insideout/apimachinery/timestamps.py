"""How the API writes an instant: RFC 3339 in UTC, to the second or, in Leases and Events, to the microsecond.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go@v1.36.2.
"""

from datetime import UTC, datetime


def seconds(instant: datetime) -> str:
    """Write `instant` as metav1.Time does, cutting what is below a second."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def micros(instant: datetime) -> str:
    """Write `instant` as metav1.MicroTime does."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime:
    """Read either form; raises ValueError for anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)
