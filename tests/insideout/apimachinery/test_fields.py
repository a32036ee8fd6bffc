"""Field selectors compare exactly and refuse with upstream's words."""

import pytest

from insideout.apimachinery import fields

VALUES = {"a": "1", "b": "x,y", "c": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("a=1", True),
        ("a==1", True),
        ("a!=1", False),
        (r"b=x\,y", True),
        ("c=", True),
        ("a=1,c!=", False),
    ],
)
def test_matches(text: str, expected: bool):
    """Every term must hold; an absent field reads as the empty string."""
    assert fields.parse(text).matches(lambda field: VALUES.get(field, "")) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "invalid selector: 'a'; can't understand 'a'"),
        ("a=1=2", "invalid field selector: unescaped character in value: 61"),
        (r"a=\x", r"invalid field selector: invalid escape sequence: \x"),
        ("a=\\", "invalid field selector: invalid escape sequence: \\"),
    ],
)
def test_refuses(text: str, message: str):
    """A selector that cannot be read is refused with upstream's message."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        fields.parse(text)
    assert str(caught.value) == message


def test_exact():
    """A caller can ask for the one value that a field must have."""
    assert fields.parse("a=1,b!=2").exact("a") == "1"
    assert fields.parse("a=1,b!=2").exact("b") is None
