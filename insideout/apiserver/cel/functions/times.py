"""Timestamps and durations: reading, writing, and their parts.

Source: github.com/google/cel-go/common/types/{timestamp,duration}.go; time/{format,time}.go of Go.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.cel.values import Duration, EvaluationError, Timestamp, checked_int, no_such_overload

_SECOND = 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62135596800, 253402300799
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_PART = re.compile(r"(\d*)(?:\.(\d*))?([a-zµμ]+)")
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|z|[+-]\d\d:\d\d)", re.ASCII)


def parse_duration(text: str) -> Duration:
    """Read a duration as Go does, such as "1h30m"."""
    sign = -1 if text.startswith("-") else 1
    rest = text.removeprefix("-").removeprefix("+") if text[:1] in "+-" else text
    if rest == "0":
        return Duration(0)
    total, at = 0, 0
    while at < len(rest):
        part = _PART.match(rest, at)
        if part is None or not (part[1] or part[2]):
            missing = re.fullmatch(r"(\d+\.?\d*|\.\d+)", rest[at:])
            why = "missing unit in duration" if missing else "invalid duration"
            raise EvaluationError(f"time: {why} {go_quote(text)}")
        if part[3] not in _UNITS:
            raise EvaluationError(f"time: unknown unit {go_quote(part[3])} in duration {go_quote(text)}")
        unit, fraction = _UNITS[part[3]], part[2] or ""
        total += int(part[1] or 0) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        at = part.end()
    if not rest or total >= 2**63:
        raise EvaluationError(f"time: invalid duration {go_quote(text)}")
    return Duration(sign * total)


def parse_timestamp(text: str) -> Timestamp:
    """Read a moment in RFC 3339, to the nanosecond."""
    match = _RFC3339.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        base = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4].upper().replace('Z', '+00:00')}")
    except ValueError:
        layout = "2006-01-02T15:04:05Z07:00"
        raise EvaluationError(
            f'parsing time {go_quote(text)} as "{layout}": cannot parse {go_quote(text)} as "2006"'
        ) from None
    whole = (base - _EPOCH) // timedelta(seconds=1)
    return in_range(Timestamp(whole * _SECOND + int((match[3] or "0")[:9].ljust(9, "0"))))


def in_range(moment: Timestamp) -> Timestamp:
    """Return a moment of the years 1 to 9999."""
    if not _FIRST <= moment.ns // _SECOND <= _LAST:
        raise EvaluationError("timestamp overflow")
    return moment


def timestamp_text(moment: Timestamp) -> str:
    """Write a moment in RFC 3339, without zeros at the end of the fraction."""
    seconds, nanos = divmod(moment.ns, _SECOND)
    whole = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
    return f"{whole}{fraction}Z"


def duration_text(length: Duration) -> str:
    """Write a duration in seconds, such as "90s" or "0.5s"."""
    sign = "-" if length.ns < 0 else ""
    seconds, nanos = divmod(abs(length.ns), _SECOND)
    return f"{sign}{seconds}{f'.{nanos:09d}'.rstrip('0') if nanos else ''}s"


def _zone(name: str) -> tzinfo:
    offset = re.fullmatch(r"([+-]?)(\d\d):(\d\d)", name, re.ASCII)
    if offset:
        length = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-length if offset[1] == "-" else length)
    try:
        return ZoneInfo(name) if name not in ("", "UTC") else UTC
    except (KeyError, ValueError, OSError):
        raise EvaluationError(f"unknown time zone {name}") from None


def _part(read: Callable[[datetime], int], of_duration: int = 0) -> Callable[..., int]:
    """Return a function for a part of a moment, or of a duration in units of so many nanoseconds."""

    def part(value: Any, zone: str = "UTC") -> int:
        if isinstance(value, Timestamp):
            seconds = value.ns // _SECOND
            return read((_EPOCH + timedelta(seconds=seconds)).astimezone(_zone(zone)))
        if isinstance(value, Duration) and of_duration:
            return abs(value.ns) // of_duration * (-1 if value.ns < 0 else 1)
        raise no_such_overload()

    return part


def _milliseconds(value: Any, zone: str = "UTC") -> int:
    if isinstance(value, Timestamp):
        return value.ns % _SECOND // 10**6
    if isinstance(value, Duration):
        return abs(value.ns) // 10**6 * (-1 if value.ns < 0 else 1)
    raise no_such_overload()


def duration(value: Any) -> Duration:
    """Convert to a duration; a whole number counts nanoseconds."""
    match value:
        case Duration():
            return value
        case str():
            return parse_duration(value)
        case bool():
            raise no_such_overload()
        case int():
            return Duration(checked_int(int(value)))
    raise no_such_overload()


def timestamp(value: Any) -> Timestamp:
    """Convert to a moment; a whole number counts seconds since 1970."""
    match value:
        case Timestamp():
            return value
        case str():
            return parse_timestamp(value)
        case bool():
            raise no_such_overload()
        case int():
            return in_range(Timestamp(int(value) * _SECOND))
    raise no_such_overload()


FUNCTIONS: dict[str, Any] = {
    "duration": duration,
    "timestamp": timestamp,
    "getFullYear": _part(lambda at: at.year),
    "getMonth": _part(lambda at: at.month - 1),
    "getDayOfYear": _part(lambda at: at.timetuple().tm_yday - 1),
    "getDayOfMonth": _part(lambda at: at.day - 1),
    "getDate": _part(lambda at: at.day),
    "getDayOfWeek": _part(lambda at: at.isoweekday() % 7),
    "getHours": _part(lambda at: at.hour, 3600 * _SECOND),
    "getMinutes": _part(lambda at: at.minute, 60 * _SECOND),
    "getSeconds": _part(lambda at: at.second, _SECOND),
    "getMilliseconds": _milliseconds,
}
