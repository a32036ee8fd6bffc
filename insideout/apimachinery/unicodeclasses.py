r"""Sets of characters, as ranges of code points: what `[[:alpha:]]`, `\d`, `\p{Lu}` and `\p{Greek}` mean.

Categories are Python's own Unicode data.  Scripts are told by how the names of their letters begin, which is
right for letters, and leaves out marks that several scripts share.

Source: Go's regexp/syntax (perl_groups.go, the posix groups) and unicode/tables.go, as documented.
"""

import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

Ranges = tuple[tuple[int, int], ...]
"""First and last code point of each range, in order."""

MOST = sys.maxunicode
_DIGITS, _UPPER, _LOWER = (48, 57), (65, 90), (97, 122)
POSIX: Mapping[str, Ranges] = {
    "alnum": (_DIGITS, _UPPER, _LOWER),
    "alpha": (_UPPER, _LOWER),
    "ascii": ((0, 0x7F),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": (_DIGITS,),
    "graph": ((33, 126),),
    "lower": (_LOWER,),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": (_UPPER,),
    "word": (_DIGITS, _UPPER, (95, 95), _LOWER),
    "xdigit": (_DIGITS, (65, 70), (97, 102)),
}
PERL: Mapping[str, Ranges] = {
    "d": POSIX["digit"],
    "s": ((9, 10), (12, 13), (32, 32)),
    "w": POSIX["word"],
}
_SCRIPTS = {
    "Han": ("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "KANGXI RADICAL"),
    **{
        name: (f"{name.upper()} ",)
        for name in (
            "Arabic", "Armenian", "Bengali", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek",
            "Gujarati", "Hangul", "Hebrew", "Hiragana", "Kannada", "Katakana", "Khmer", "Lao", "Latin",
            "Malayalam", "Mongolian", "Myanmar", "Sinhala", "Tamil", "Telugu", "Thai", "Tibetan",
        )
    },
}  # fmt: skip


def complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return all other characters."""
    found, first = [], 0
    for low, high in sorted(ranges):
        if low > first:
            found.append((first, low - 1))
        first = max(first, high + 1)
    return (*found, (first, MOST)) if first <= MOST else tuple(found)


def named(name: str) -> Ranges | None:
    r"""Return the characters of `\p{name}`, a category, a group of them or a script; None for no such."""
    if name == "Any":
        return ((0, MOST),)
    if name in _SCRIPTS:
        return _where(_of_script(name))
    if name in _categories() or name in {each[0] for each in _categories()}:
        return _where(lambda char: unicodedata.category(char).startswith(name))
    return None


def _of_script(name: str) -> Callable[[str], bool]:
    prefixes = _SCRIPTS[name]
    return lambda char: unicodedata.name(char, "").startswith(prefixes)


@cache
def _categories() -> frozenset[str]:
    return frozenset(unicodedata.category(chr(code)) for code in range(0x3000)) | {"Co", "Cs"}


def _where(fits: Callable[[str], bool]) -> Ranges:
    found: list[tuple[int, int]] = []
    start = -1
    for code in range(MOST + 2):
        inside = code <= MOST and fits(chr(code))
        if inside and start < 0:
            start = code
        elif not inside and start >= 0:
            found.append((start, code - 1))
            start = -1
    return tuple(found)
