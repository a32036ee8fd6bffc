"""Go's durations: what they mean, and in which words they are refused."""

import pytest

from insideout.apimachinery import goduration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("-0", 0),
        ("1s", 1),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("-1.5s", -1.5),
        (".5s", 0.5),
        ("1.s", 1),
    ],
)
def test_read(text: str, seconds: float) -> None:
    assert goduration.parse(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        ("abc", 'time: invalid duration "abc"'),
        (".s", 'time: invalid duration ".s"'),
        ("10", 'time: missing unit in duration "10"'),
        ("1s5", 'time: missing unit in duration "1s5"'),
        ("10d", 'time: unknown unit "d" in duration "10d"'),
        ("3000000h", 'time: invalid duration "3000000h"'),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="time") as refusal:
        goduration.parse(text)
    assert str(refusal.value) == message
