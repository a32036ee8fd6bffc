"""Numbers that may be percentages."""

import pytest

from insideout.apimachinery import intstr


@pytest.mark.parametrize(
    ("value", "total", "up", "down"),
    [
        (3, 10, 3, 3),
        ("25%", 10, 3, 2),
        ("0%", 10, 0, 0),
        ("100%", 7, 7, 7),
        ("1%", 1, 1, 0),
        ("-25%", 10, -2, -3),
    ],
)
def test_scaled(value: int | str, total: int, up: int, down: int) -> None:
    """A percentage is rounded as asked, a number is itself."""
    assert intstr.scaled(value, total, round_up=True) == up
    assert intstr.scaled(value, total, round_up=False) == down


def test_what_is_not_a_percentage_is_refused() -> None:
    """A string must end with a percent sign."""
    with pytest.raises(ValueError, match="'3' is neither a number nor a percentage"):
        intstr.scaled("3", 10, round_up=True)
