"""Splitting requests by weights."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.network.splitter import split


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), min_size=1).filter(lambda w: any(w.values())),
    st.integers(1, 3),
)
def test_every_round_gives_each_service_exactly_its_weight(weights, rounds):
    next_url = split(weights)
    for _ in range(rounds):
        asked = Counter(next_url() for _ in range(sum(weights.values())))
        assert asked == Counter({f"http://{name}/": weight for name, weight in weights.items() if weight})


def test_a_share_is_spread_over_the_round():
    next_url = split({"a": 2, "b": 2})
    assert [next_url() for _ in range(4)] == ["http://a/", "http://b/"] * 2


def test_weights_without_any_above_zero_are_refused():
    with pytest.raises(ValueError, match="no weight of"):
        split({"a": 0, "b": 0})
