"""Times as Go reads them; most come as the API server writes them, and are not taken apart."""

import pytest

from insideout.apiserver.objects.go_time import RFC3339, RFC3339_MICRO, normalize


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        ("2026-01-31T10:20:30Z", RFC3339, "2026-01-31T10:20:30Z"),
        ("2024-02-29T23:59:59Z", RFC3339, "2024-02-29T23:59:59Z"),
        ("2026-01-31T10:20:30.25Z", RFC3339, "2026-01-31T10:20:30Z"),
        ("2026-01-31T10:20:30+02:00", RFC3339, "2026-01-31T08:20:30Z"),
        ("2026-01-31T10:20:30.000250Z", RFC3339_MICRO, "2026-01-31T10:20:30.000250Z"),
        ("2026-01-31T10:20:30.000250-01:00", RFC3339_MICRO, "2026-01-31T11:20:30.000250Z"),
    ],
)
def test_times_are_written_in_utc(text, layout, expected):
    """With as many digits below a second as the layout has."""
    assert normalize(text, layout) == expected


@pytest.mark.parametrize(
    ("text", "layout", "why"),
    [
        ("2026-02-30T00:00:00Z", RFC3339, "day out of range"),
        ("2025-02-29T00:00:00.000000Z", RFC3339_MICRO, "day out of range"),
        ("2026-13-01T00:00:00Z", RFC3339, "month out of range"),
        ("2026-01-01T24:00:00Z", RFC3339, "hour out of range"),
        ("2026-01-01T00:00:60Z", RFC3339, "second out of range"),
        ("2026-01-01T00:00:00Zx", RFC3339, 'extra text: "x"'),
        ("2026-01-01T00:00:00Z", RFC3339_MICRO, 'cannot parse "Z" as ".000000"'),
        ("٢٠٢٦-01-01T00:00:00Z", RFC3339, 'as "2006"'),
    ],
)
def test_what_is_no_time_is_refused_in_gos_words(text, layout, why):
    """Also what only looks like one."""
    with pytest.raises(ValueError, match="parsing time") as refused:
        normalize(text, layout)
    assert why in str(refused.value)
