"""Instants are written as the API writes them, and both forms are read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from insideout.apimachinery import timestamps

INSTANT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_written() -> None:
    assert timestamps.seconds(INSTANT) == "2026-01-02T03:04:05Z"
    assert timestamps.micros(INSTANT) == "2026-01-02T03:04:05.678901Z"


def test_written_in_utc_wherever_it_was_read() -> None:
    """Python takes one instant in two zones for equal, so what is remembered for one is used for both."""
    elsewhere = INSTANT.astimezone(timezone(timedelta(hours=2)))
    assert timestamps.seconds(elsewhere) == timestamps.seconds(INSTANT) == "2026-01-02T03:04:05Z"
    timestamps.micros.cache_clear()
    assert timestamps.micros(elsewhere) == "2026-01-02T03:04:05.678901Z"


def test_read_back() -> None:
    assert timestamps.parse(timestamps.micros(INSTANT)) == INSTANT
    assert timestamps.parse(timestamps.seconds(INSTANT)) == INSTANT.replace(microsecond=0)
    assert timestamps.parse("2026-01-02T05:04:05+02:00") == INSTANT.replace(microsecond=0)


def test_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        timestamps.parse("soon")


def test_a_year_has_four_digits() -> None:
    """Go's zero time is the year 0001, which strftime writes with one digit."""
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert timestamps.seconds(first) == "0001-01-01T00:00:00Z"
    assert timestamps.micros(first) == "0001-01-01T00:00:00.000000Z"
