"""Cron schedules: five fields, names of months and days, steps, and the shorthands `@daily`, `@every 1h`.

A schedule is asked for the next time after an instant.  As in cron, a day that either day field names is
meant when both are restricted.  Left out: `TZ=` in the schedule, which the API refuses.

Source: github.com/robfig/cron/v3 (parser.go, spec.go) as Kubernetes v1.36.2 uses it; its ParseStandard.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from insideout.apimachinery.goquote import go_quote

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_SHORTHANDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_YEARS_AHEAD = 5
_DURATION = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h)")
_UNIT_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class _Bounds(NamedTuple):
    least: int
    most: int
    names: Mapping[str, int] = {}


_FIELDS = (
    _Bounds(0, 59),
    _Bounds(0, 23),
    _Bounds(1, 31),
    _Bounds(1, 12, _MONTHS),
    _Bounds(0, 6, _DAYS),
)


class Schedule(NamedTuple):
    """When to run: the values of each field, or every so often."""

    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    any_day: bool = True
    """Either day field is a star: both must agree."""
    every: timedelta | None = None

    def after(self, instant: datetime, zone: tzinfo = UTC) -> datetime | None:
        """Return the next time after `instant`, None when there is none within five years."""
        if self.every is not None:
            return instant + self.every - timedelta(microseconds=instant.microsecond)
        local = instant.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None) + timedelta(minutes=1)
        last_year = local.year + _YEARS_AHEAD
        while local.year <= last_year:
            if local.month not in self.months:
                local = (local.replace(day=1, hour=0, minute=0) + timedelta(days=32)).replace(day=1)
            elif not self._on(local):
                local = local.replace(hour=0, minute=0) + timedelta(days=1)
            elif local.hour not in self.hours:
                local = local.replace(minute=0) + timedelta(hours=1)
            elif local.minute not in self.minutes:
                local += timedelta(minutes=1)
            else:
                found = local.replace(tzinfo=zone).astimezone(UTC)
                if found > instant and found.astimezone(zone).replace(tzinfo=None) == local:
                    return found
                local += timedelta(minutes=1)  # an hour that the clock leaves out, or has twice
        return None

    def _on(self, day: datetime) -> bool:
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month and by_week if self.any_day else by_month or by_week


def parse(text: str) -> Schedule:
    """Return the schedule that `text` writes; raise ValueError in the parser's words."""
    if not text:
        raise ValueError("empty spec string")
    if text.startswith("@"):
        return _shorthand(text)
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"expected exactly {len(_FIELDS)} fields, found {len(parts)}: [{' '.join(parts)}]")
    found = [_field(part, bounds) for part, bounds in zip(parts, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = (values for values, _ in found)
    return Schedule(minutes, hours, days, months, weekdays, found[2][1] or found[4][1])


def _shorthand(text: str) -> Schedule:
    if text in _SHORTHANDS:
        return parse(_SHORTHANDS[text])
    if not text.startswith("@every "):
        raise ValueError(f"unrecognized descriptor: {text}")
    given = text.removeprefix("@every ")
    parts = _DURATION.findall(given)
    if not parts or "".join(number + unit for number, unit in parts) != given:
        raise ValueError(f"failed to parse duration {text}: time: invalid duration {go_quote(given)}")
    seconds = int(sum(float(number) * _UNIT_S[unit] for number, unit in parts))
    return Schedule(every=timedelta(seconds=max(seconds, 1)))


def _field(text: str, bounds: _Bounds) -> tuple[frozenset[int], bool]:
    """Return the values of a field, and whether one of its parts is a star."""
    values: set[int] = set()
    star = False
    for part in text.split(","):
        if part:
            found, is_star = _range(part, bounds)
            values |= found
            star = star or is_star
    return frozenset(values), star


def _range(text: str, bounds: _Bounds) -> tuple[set[int], bool]:
    span, *steps = text.split("/")
    low, *high = span.split("-")
    star = low in ("*", "?")
    if star:
        first, last = bounds.least, bounds.most
    else:
        first = last = _value(low, bounds)
        if len(high) == 1:
            last = _value(high[0], bounds)
        elif high:
            raise ValueError(f"too many hyphens: {text}")
    step = 1
    if len(steps) == 1:
        step = _number(steps[0])
        if not high and not star:
            last = bounds.most
        star = star and step <= 1
    elif steps:
        raise ValueError(f"too many slashes: {text}")
    if first < bounds.least:
        raise ValueError(f"beginning of range ({first}) below minimum ({bounds.least}): {text}")
    if last > bounds.most:
        raise ValueError(f"end of range ({last}) above maximum ({bounds.most}): {text}")
    if first > last:
        raise ValueError(f"beginning of range ({first}) beyond end of range ({last}): {text}")
    if step == 0:
        raise ValueError(f"step of range should be a positive number: {text}")
    return set(range(first, last + 1, step)), star


def _value(text: str, bounds: _Bounds) -> int:
    return bounds.names[text.lower()] if text.lower() in bounds.names else _number(text)


def _number(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(
            f"failed to parse int from {text}: strconv.Atoi: parsing {go_quote(text)}: invalid syntax"
        )
    number = int(text)
    if number < 0:
        raise ValueError(f"negative number ({number}) not allowed: {text}")
    return number
