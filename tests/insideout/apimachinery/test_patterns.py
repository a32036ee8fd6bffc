"""Go's regular expressions: where they differ from Python's, and what is said of bad ones."""

import pytest

from insideout.apimachinery.patterns import compiled

MATCHES = [
    ("^a$", "a"),
    ("^[[:alpha:]]+$", "abc"),
    ("^[[:alpha:][:digit:]_]+$", "a_1"),
    (r"^\d+$", "12"),
    (r"^[]a]+$", "a]"),
    (r"^[^]a]+$", "b"),
    (r"\Aab\z", "ab"),
    (r"^a\$$", "a$"),
    (r"^[$]$", "$"),
    (r"^[a&&b|~[]+$", "&[~|"),
    ("(?i)^a$", "A"),
    (r"^(?:a|b)(?P<n>c)$", "bc"),
    ("a.c", "xabcx"),
    (r"^\[:alpha:\]$", "[:alpha:]"),
    ("^[:x:]$", "x"),
]
MISSES = [
    ("^a$", "a\n"),
    (r"^\d$", "\u0663"),
    (r"^\w$", "é"),
    ("^[[:upper:]]$", "a"),
    ("^[[:alpha:]]$", ":"),
    ("a.c", "a\nc"),
]
ERRORS = [
    ("(", "missing closing ): `(`"),
    ("a)", "unexpected ): `a)`"),
    ("a[b", "missing closing ]: `[b`"),
    ("*a", "missing argument to repetition operator: `*`"),
    ("a**", "invalid nested repetition operator: `**`"),
    ("a\\", "trailing backslash at end of expression: ``"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
    ("(?<!a)b", "invalid or unsupported Perl syntax: `(?<!`"),
    (r"(a)\1", r"invalid escape sequence: `\1`"),
    ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
]


@pytest.mark.parametrize(("pattern", "text"), MATCHES)
def test_matches(pattern: str, text: str) -> None:
    """Patterns that Go knows match what they match in Go."""
    assert compiled(pattern).search(text)


@pytest.mark.parametrize(("pattern", "text"), MISSES)
def test_misses(pattern: str, text: str) -> None:
    """The end of the text is no newline, and classes know ASCII only."""
    assert not compiled(pattern).search(text)


@pytest.mark.parametrize(("pattern", "why"), ERRORS)
def test_errors(pattern: str, why: str) -> None:
    """A bad pattern is refused in Go's words."""
    with pytest.raises(ValueError, match=r"^error parsing regexp: ") as refused:
        compiled(pattern)
    assert str(refused.value) == f"error parsing regexp: {why}"
