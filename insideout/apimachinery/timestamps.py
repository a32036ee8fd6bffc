"""How the API writes an instant: RFC 3339 in UTC, to the second or, in Leases and Events, to the microsecond.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go@v1.36.2.
"""

from datetime import UTC, datetime

# Lengths; a year has four digits, of which strftime leaves out leading zeros.
_SECONDS, _MICROS = len("2006-01-02T15:04:05Z"), len("2006-01-02T15:04:05.000000Z")


def seconds(instant: datetime) -> str:
    """Write `instant` as metav1.Time does, cutting what is below a second."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}".rjust(_SECONDS, "0")


def micros(instant: datetime) -> str:
    """Write `instant` as metav1.MicroTime does."""
    return f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}".rjust(_MICROS, "0")


def parse(text: str) -> datetime:
    """Read either form; raises ValueError for anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)
