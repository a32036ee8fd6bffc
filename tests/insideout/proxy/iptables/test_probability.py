from fractions import Fraction

import pytest

from insideout.proxy.iptables.probability import printed, written


@pytest.mark.parametrize(
    ("remaining", "given", "shown"),
    [
        (2, "0.5000000000", "0.50000000000"),
        (3, "0.3333333333", "0.33333333349"),
        (5, "0.2000000000", "0.20000000019"),
        (6, "0.1666666667", "0.16666666651"),
        (7, "0.1428571429", "0.14285714272"),
    ],
)
def test_the_kernel_keeps_31_bits(remaining: int, given: str, shown: str) -> None:
    assert (written(remaining), printed(written(remaining))) == (given, shown)


@pytest.mark.parametrize("n", [2, 3, 7, 100])
def test_every_endpoint_gets_an_equal_share(n: int) -> None:
    left, shares = Fraction(1), []
    for remaining in range(n, 1, -1):
        taken = left * Fraction(written(remaining))
        shares.append(taken)
        left -= taken
    assert all(abs(share - Fraction(1, n)) < Fraction(1, 10**9) for share in [*shares, left])
