"""Amounts are read and written as Go's resource.Quantity does."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.apimachinery import amount, quantity

WRITTEN = {
    "0": "0",
    "0Mi": "0",
    "0m": "0",
    "0.5": "500m",
    "2000m": "2",
    "100m": "100m",
    "1.5Gi": "1536Mi",
    "1.5": "1500m",
    "1024Mi": "1Gi",
    "1025Mi": "1025Mi",
    "8Gi": "8Gi",
    "1073741824": "1073741824",
    "1000": "1k",
    "1e3": "1e3",
    "10e3": "10e3",
    "1e4": "10e3",
    "0.1Ki": "102400m",
    "512Ki": "512Ki",
    "0.5Ki": "512",
    "1E": "1E",
    "+1": "+1",
    "-1000m": "-1",
    "0.0000000001": "1n",
    "100Ei": "9223372036854775807",
    "m": "0",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_is_written_in_the_canonical_form(text: str) -> None:
    """What the API server stores and prints for an amount."""
    assert amount.parse(text).text == WRITTEN[text]


REFUSED = {
    "": amount.FORMAT_WRONG,
    "one": amount.FORMAT_WRONG,
    "1 Gi": amount.FORMAT_WRONG,
    "1.2.3": amount.FORMAT_WRONG,
    "1Gb": amount.FORMAT_WRONG,
    "1KB": amount.FORMAT_WRONG,
    "1mm": amount.SUFFIX_WRONG,
    "1K": amount.SUFFIX_WRONG,
    "1e": amount.SUFFIX_WRONG,
    "1e99999": amount.SUFFIX_WRONG,
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_wrong_one_is_refused_in_the_servers_words(text: str) -> None:
    """Format, number and suffix each have their own message."""
    with pytest.raises(ValueError, match=r".+") as caught:
        amount.parse(text)
    assert str(caught.value) == REFUSED[text]


@pytest.mark.parametrize(
    ("left", "right", "total"),
    [
        ("1Gi", "64Mi", "1088Mi"),
        ("1G", "1073741824", "2073741824"),
        ("0", "1Gi", "1Gi"),
        ("1Gi", "0", "1Gi"),
        ("500m", "500m", "1"),
        ("1", "1Gi", "1073741825"),
    ],
)
def test_a_sum_keeps_the_first_notation(left: str, right: str, total: str) -> None:
    """Zero has no notation of its own."""
    assert amount.add(amount.parse(left), amount.parse(right)).text == total


@given(
    st.decimals(min_value=0, max_value=10**15, places=3),
    st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e2"]),
)
def test_value_and_text_agree(number: Decimal, suffix: str) -> None:
    """Reading what was written gives the same value, and `quantity` sees the same number up to one nano."""
    read = amount.parse(f"{number}{suffix}")
    again = amount.parse(read.text)
    assert again.value == read.value
    if read.value < 2**63 - 1:
        assert 0 <= read.value - quantity.parse(f"{number}{suffix}") < Decimal("1e-9")


def test_resource_lists_keep_thousandths() -> None:
    """Smaller parts are rounded away from zero."""
    assert amount.round_up_to_milli(amount.parse("0.0001")).text == "1m"
    assert amount.round_up_to_milli(amount.parse("1.500")).text == "1.500"


@pytest.mark.parametrize(("text", "milli"), [("250m", 250), ("2", 2000), ("1u", 1), ("1.0001", 1001)])
def test_thousandths_are_rounded_up(text: str, milli: int) -> None:
    assert quantity.milli(text) == milli
    assert quantity.milli(quantity.parse(text)) == milli
