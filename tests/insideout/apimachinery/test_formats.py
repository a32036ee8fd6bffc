"""Formats of strings in custom resources."""

import pytest

from insideout.apimachinery.formats import fits, known

FIT = {
    "date-time": ["2026-01-01T00:00:00Z", "2026-01-01t00:00:00.5z", "2026-01-01T23:59:59+02:00"],
    "datetime": ["2026-01-01T00:00:00Z"],
    "date": ["2026-01-31", "2024-02-29"],
    "duration": ["1h30m", "90s", "-2m", "0", "1.5h", "3 days", "10 minutes"],
    "ipv4": ["10.0.0.1"],
    "ipv6": ["::1", "fe80::1"],
    "cidr": ["10.0.0.0/8", "fd00::/64"],
    "mac": ["00:00:5e:00:53:01"],
    "hostname": ["example.com", "localhost"],
    "email": ["a@example.com"],
    "uri": ["https://example.com/a?b=c", "/a"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000"],
    "uuid4": ["9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"],
    "byte": ["aGVsbG8="],
    "hexcolor": ["#fff", "a1b2c3"],
    "rgbcolor": ["rgb(0,255,10)"],
    "creditcard": ["4111111111111111"],
    "ssn": ["123-45-6789"],
    "isbn10": ["0321751043"],
    "isbn13": ["978-0321751041"],
    "k8s-short-name": ["a-b"],
    "k8s-long-name": ["a.b-c"],
    "password": ["anything"],
}
MISFIT = {
    "date-time": ["2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z"],
    "date": ["2026-02-30", "26-01-01", "today"],
    "duration": ["1", "h", "1x", ""],
    "ipv4": ["256.0.0.1", "::1", "10.0.0"],
    "ipv6": ["10.0.0.1", "::g"],
    "cidr": ["10.0.0.1", "10.0.0.0/33"],
    "mac": ["00:00:5e", "zz:00:5e:00:53:01"],
    "hostname": ["-a.com", "a..b", "a_b"],
    "email": ["a", "@example.com"],
    "uuid": ["123e4567", ""],
    "uuid4": ["123e4567-e89b-12d3-a456-426614174000"],
    "byte": ["", "a", "!!!!"],
    "hexcolor": ["#ff", "#gggggg"],
    "rgbcolor": ["rgb(0,0)", "rgb(256,0,0)"],
    "creditcard": ["1234"],
    "ssn": ["123456"],
    "k8s-short-name": ["A", "a.b"],
    "k8s-long-name": ["A.b", "a..b"],
}


@pytest.mark.parametrize(("format_", "text"), [(name, text) for name, texts in FIT.items() for text in texts])
def test_fits(format_: str, text: str) -> None:
    """Each format takes what it names."""
    assert known(format_, "string")
    assert fits(format_, text)


@pytest.mark.parametrize(
    ("format_", "text"), [(name, text) for name, texts in MISFIT.items() for text in texts]
)
def test_does_not_fit(format_: str, text: str) -> None:
    """Each format refuses the rest."""
    assert not fits(format_, text)


@pytest.mark.parametrize(
    ("format_", "type_", "expected"),
    [
        ("date-time", "string", True),
        ("datetime", "string", True),
        ("colour", "string", False),
        ("int32", "integer", True),
        ("int64", "integer", True),
        ("int32", "string", False),
        ("double", "number", True),
        ("int32", "number", False),
        ("date", "object", False),
    ],
)
def test_unknown_formats_are_ignored(format_: str, type_: str, expected: bool) -> None:
    """A format counts only for the type it is meant for."""
    assert known(format_, type_) is expected
