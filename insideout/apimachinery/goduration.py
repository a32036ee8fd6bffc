"""Durations as Go writes them, "1h30m" or "500ms", read in its way and refused in its words.

Source: time/format.go (ParseDuration) of Go 1.26.
"""

import re

from insideout.apimachinery.goquote import go_quote

_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_NUMBER = re.compile(r"[0-9]*(\.[0-9]*)?")
_UNIT = re.compile(r"[^.0-9]*")
_MOST_S = 2**63 / 1e9


def parse(text: str) -> float:
    """Return a duration in seconds; raises ValueError when it is none, or longer than Go can count."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0.0
    if not rest:
        raise _invalid(text)
    total_s = 0.0
    while rest:
        number = _NUMBER.match(rest)
        assert number is not None  # it may be empty
        if not number[0].strip("."):
            raise _invalid(text)
        rest = rest[number.end() :]
        unit = _UNIT.match(rest)
        assert unit is not None  # it may be empty
        if not unit[0]:
            raise ValueError(f"time: missing unit in duration {go_quote(text)}")
        if unit[0] not in _UNITS_S:
            raise ValueError(f"time: unknown unit {go_quote(unit[0])} in duration {go_quote(text)}")
        rest = rest[unit.end() :]
        total_s += float(number[0]) * _UNITS_S[unit[0]]
        if total_s > _MOST_S:
            raise _invalid(text)
    return -total_s if text[:1] == "-" else total_s


def _invalid(text: str) -> ValueError:
    return ValueError(f"time: invalid duration {go_quote(text)}")
