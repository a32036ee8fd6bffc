"""Reads times as Go's time.Parse does, with its words for what does not fit, and writes them in UTC.

Source: time/format.go of Go 1.26; k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go@v1.36.2.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_MICRO = "2006-01-02T15:04:05.000000Z07:00"

_STEPS = (
    (r"\d{4}", "2006"),
    ("-", "-"),
    (r"\d{2}", "01"),
    ("-", "-"),
    (r"\d{2}", "02"),
    ("T", "T"),
    (r"\d{1,2}", "15"),
    (":", ":"),
    (r"\d{2}", "04"),
    (":", ":"),
    (r"\d{2}", "05"),
)
_ZONE = re.compile(r"Z|([+-])(\d{2}):(\d{2})", re.ASCII)
_LIMITS = (
    ("month", 2, 1, 12),
    ("day", 4, 1, 31),
    ("hour", 6, 0, 23),
    ("minute", 8, 0, 59),
    ("second", 10, 0, 59),
)


_AS_WRITTEN = {
    RFC3339: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII),
    RFC3339_MICRO: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII),
}
"""How the API server itself writes times: nothing is to be done to one that comes so."""


@lru_cache(maxsize=1024)
def normalize(text: str, layout: str = RFC3339) -> str:
    """Return the time as the API server writes it.  Raises ValueError with Go's words."""
    if _AS_WRITTEN[layout].fullmatch(text) and _is_date(text):
        return text
    rest, parts = text, list[str]()
    for pattern, element in _STEPS:
        match = re.compile(pattern, re.ASCII).match(rest)
        if match is None:
            raise ValueError(_refusal(text, layout, rest, element))
        parts.append(match[0])
        rest = rest[match.end() :]
    micro = layout == RFC3339_MICRO
    fraction = re.compile(r"[.,](\d+)", re.ASCII).match(rest)
    if micro and (fraction is None or len(fraction[1]) != 6):
        raise ValueError(_refusal(text, layout, rest, ".000000"))
    rest = rest[fraction.end() :] if fraction else rest
    zone = _ZONE.match(rest)
    if zone is None:
        raise ValueError(_refusal(text, layout, rest, "Z07:00"))
    if rest[zone.end() :]:
        raise ValueError(f'parsing time "{text}": extra text: "{rest[zone.end() :]}"')
    for name, index, least, most in _LIMITS:
        if not least <= int(parts[index]) <= most:
            raise ValueError(f'parsing time "{text}": {name} out of range')
    return _write(text, parts, fraction[1] if fraction else "", zone, micro)


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:-1])
    except ValueError:
        return False
    return True


def _write(text: str, parts: list[str], fraction: str, zone: re.Match[str], micro: bool) -> str:
    year, month, day, hour, minute, second = (int(parts[index]) for index in (0, 2, 4, 6, 8, 10))
    try:
        moment = datetime(year, month, day, hour, minute, second, int(f"{fraction:0<6}"[:6]))
        if zone[1]:
            offset = timedelta(hours=int(zone[2]), minutes=int(zone[3]))
            moment = moment - offset if zone[1] == "+" else moment + offset
    except (ValueError, OverflowError):
        raise ValueError(f'parsing time "{text}": day out of range') from None
    return moment.isoformat(timespec="microseconds" if micro else "seconds") + "Z"


def _refusal(text: str, layout: str, rest: str, element: str) -> str:
    return f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{element}"'
