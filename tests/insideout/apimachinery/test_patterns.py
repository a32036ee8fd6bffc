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
    ("^(?i)a$", "A"),
    ("^((?i)jan|feb)b$", "FEBb"),
    ("^a(?i)b|c$", "C"),
    ("(?-i:a)(?U)b+", "abb"),
    ("(?m)^a$", "b\na\nb"),
    ("^(?<n>a)$", "a"),
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


DIALECT = {
    "flags in the middle": ("^(?i)(abort|warn)?$", ["ABORT", "", "Warn"], ["abor"]),
    "flags of a group": ("^a((?i)b|c)$", ["aB", "aC"], ["Ab"]),
    "flags over alternatives": ("^x$|(?i)^y$|^z$", ["x", "Y", "Z"], ["X"]),
    "flags taken back": ("^(?i:a(?-i)b)c$", ["Abc"], ["aBc", "abC"]),
    "letters of any script": (r"^\pL+$", ["aéΩ"], ["a1"]),
    "no letters": (r"^\PL+$", ["12"], ["a"]),
    "a category": (r"^\p{Lu}\p{^Lu}$", ["Éa"], ["aa"]),
    "a script": (r"^\p{Greek}+$", ["Ωα"], ["a"]),
    "a code point": (r"^\x{41}\x42\103$", ["ABC"], ["AB"]),
    "quoted": (r"^\Qa.b\E$", ["a.b"], ["axb"]),
    "quoted to the end": (r"^\Qa(*", ["a(*"], ["a"]),
    "named in the new way": ("^(?<n>a)$", ["a"], ["b"]),
    "ungreedy": ("(?U)^a+$", ["aa"], ["b"]),
    "a dot with newlines": ("(?s)^a.b$", ["a\nb"], []),
    "lines": ("(?m)^b$", ["a\nb\nc"], ["abc"]),
    "braces that repeat nothing": ("^a{,2}$", ["a{,2}"], ["aa", ""]),
    "counts": ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
    "repeated anchors": ("(?:^)*a", ["a"], ["b"]),
    "folding beyond ASCII": ("(?i)^é$", ["É"], ["e"]),
    "a negated class of classes": (r"^[^\D]+$", ["12"], ["a"]),
    "a negated named class": ("^[[:^alpha:]]+$", ["12"], ["a"]),
    "white space": (r"^\s$", ["\t"], ["\v", "\u00a0"]),
    "a word's edge": (r"\bé", [], ["é"]),
    "a minus in a class": ("^[a-]+$", ["a-"], ["b"]),
}


@pytest.mark.parametrize("name", DIALECT)
def test_the_dialect(name: str) -> None:
    pattern, matches, misses = DIALECT[name]
    assert [text for text in matches if not compiled(pattern).search(text)] == []
    assert [text for text in misses if compiled(pattern).search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a++", "invalid nested repetition operator: `++`"),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"),
        ("(?i)*", "missing argument to repetition operator: `*`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        (r"\p{Klingon}", r"invalid character class range: `\p{Klingon}`"),
        (r"\y", r"invalid escape sequence: `\y`"),
        (r"\x{110000}", r"invalid escape sequence: `\x`"),
        ("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`"),
        ("(?<n>a)(?<n>b)", "duplicate capture group name: `n`"),
        ("(?z)", "invalid or unsupported Perl syntax: `(?z`"),
    ],
)
def test_more_errors(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match="error parsing regexp") as refused:
        compiled(pattern)
    assert str(refused.value) == f"error parsing regexp: {why}"
