"""Names' hashes: the known FNV values, spelt without vowels."""

from collections.abc import Callable

import pytest

from insideout.controllers import hashing


def test_the_recorded_replica_set_name_spells_a_32_bit_number() -> None:
    """Two letters less than a hash in hexadecimal, and no words."""
    assert hashing.safe_encode(3806447406) == "7d4b88c84b"


@pytest.mark.parametrize(
    ("function", "data", "value"),
    [
        (hashing.fnv1_32, b"", 0x811C9DC5),
        (hashing.fnv1a_32, b"", 0x811C9DC5),
        (hashing.fnv1_32, b"foobar", 0x31F0B262),
        (hashing.fnv1a_32, b"foobar", 0xBF9CF968),
    ],
)
def test_fnv_vectors(function: Callable[[bytes], int], data: bytes, value: int) -> None:
    """Values published with the algorithm."""
    assert function(data) == value


def test_a_collision_count_makes_another_hash() -> None:
    """Even a count of 0 differs from none."""
    template = {"spec": {"containers": []}}
    assert len({hashing.template_hash(template, count) for count in (None, 0, 1)}) == 3


def test_the_order_of_fields_does_not_matter() -> None:
    """Equal templates have equal hashes."""
    assert hashing.template_hash({"a": 1, "b": 2}) == hashing.template_hash({"b": 2, "a": 1})
