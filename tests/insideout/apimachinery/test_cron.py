"""Cron schedules say when next, and bad ones are refused in the parser's words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from insideout.apimachinery import cron

EVENING = datetime(2026, 1, 30, 23, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("*/5 * * * *", "2026-01-31T00:00:00"),
        ("*/1 * * * ?", "2026-01-31T00:00:00"),
        ("0 0 31 * *", "2026-01-31T00:00:00"),
        ("0 0 13 * fri", "2026-02-06T00:00:00"),  # either day, when both are restricted
        ("0 0 */2 * fri", "2026-01-31T00:00:00"),  # a star with a step restricts
        ("15 8-10/2 * * *", "2026-01-31T08:15:00"),
        ("0 0 29 2 *", "2028-02-29T00:00:00"),
        ("0 12 * jan-mar mon-fri", "2026-02-02T12:00:00"),
        ("@weekly", "2026-02-01T00:00:00"),
        ("@every 1h30m", "2026-01-31T01:29:30"),
    ],
)
def test_the_next_time(text: str, following: str) -> None:
    """Counted from half a minute before midnight."""
    found = cron.parse(text).after(EVENING)
    assert found is not None
    assert found.isoformat() == f"{following}+00:00"


def test_a_day_that_never_comes() -> None:
    """The thirty-first of February has no next time."""
    assert cron.parse("59 23 31 2 *").after(EVENING) is None


def test_an_hour_that_the_clock_leaves_out_is_skipped() -> None:
    """On 29 March 2026 there is no half past two in Berlin."""
    found = cron.parse("30 2 * * *").after(datetime(2026, 3, 28, 22, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert found == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty spec string"),
        ("a b", "expected exactly 5 fields, found 2: [a b]"),
        ("61 * * * *", "end of range (61) above maximum (59): 61"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("@sometimes", "unrecognized descriptor: @sometimes"),
        ("@every x", 'failed to parse duration @every x: time: invalid duration "x"'),
    ],
)
def test_what_is_no_schedule(text: str, problem: str) -> None:
    """The words are the library's that Kubernetes uses."""
    with pytest.raises(ValueError, match=r"^") as refused:
        cron.parse(text)
    assert str(refused.value) == problem
