"""Strings: searching, cutting, formatting, regular expressions.

Source: github.com/google/cel-go/ext/{strings,formatting}.go;
k8s.io/apiserver/pkg/cel/library/regex.go@v1.36.2.
"""

import re
from typing import Any

from insideout.apimachinery import patterns
from insideout.apiserver.cel.functions.conversions import to_string
from insideout.apiserver.cel.functions.times import duration_text, timestamp_text
from insideout.apiserver.cel.values import (
    LISTS,
    MAPS,
    Duration,
    EvaluationError,
    Timestamp,
    TypeValue,
    no_such_overload,
)

_SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_LOWER = {ord(each): ord(each) + 32 for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_UPPER = {value: key for key, value in _LOWER.items()}
_SUPERSCRIPT = str.maketrans(
    "0123456789-", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b"
)
_VERB = re.compile(r"%(%|(?:\.(\d+))?([sdfexXbo]))|%(.?)")
_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
    '"': r"\"",
}


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return patterns.compiled(text)
    except ValueError as problem:
        raise EvaluationError(str(problem)) from None


def _matches(target: Any, pattern: Any) -> bool:
    if not isinstance(target, str) or not isinstance(pattern, str):
        raise no_such_overload()
    return _pattern(pattern).search(target) is not None


def _find(target: str, pattern: str) -> str:
    found = _legal(pattern).search(target)
    return found[0] if found else ""


def _find_all(target: str, pattern: str, most: int = -1) -> list[str]:
    found = [each[0] for each in _legal(pattern).finditer(target)]
    return found if most < 0 else found[:most]


def _legal(pattern: str) -> re.Pattern[str]:
    try:
        return _pattern(pattern)
    except EvaluationError as problem:
        raise EvaluationError(f"Illegal regex: {problem}") from None


def _char_at(target: str, at: int) -> str:
    if not 0 <= at <= len(target):
        raise EvaluationError(f"index out of range: {at}")
    return target[at : at + 1]


def index_of(target: str, part: str, start: int = 0) -> int:
    """Return where `part` is first, -1 for nowhere."""
    if part == "":
        return start
    if not 0 <= start < max(len(target), 1):
        raise EvaluationError(f"index out of range: {start}")
    return target.find(part, start)


def last_index_of(target: str, part: str, end: int | None = None) -> int:
    """Return where `part` is last, not after `end`; -1 for nowhere."""
    if end is None:
        return target.rfind(part)
    if part == "":
        return end
    if not 0 <= end < max(len(target), 1):
        raise EvaluationError(f"index out of range: {end}")
    return target.rfind(part, 0, end + len(part))


def _join(parts: Any, separator: str = "") -> str:
    if not all(isinstance(each, str) for each in parts):
        raise no_such_overload()
    return separator.join(parts)


def _replace(target: str, old: str, new: str, most: int = -1) -> str:
    return target.replace(old, new, most)


def _split(target: str, separator: str, most: int = -1) -> list[str]:
    if most == 0:
        return []
    if separator == "":
        parts = list(target)
        return parts if most < 0 or len(parts) <= most else [*parts[: most - 1], "".join(parts[most - 1 :])]
    return target.split(separator, most - 1 if most > 0 else -1)


def _substring(target: str, start: int, end: int | None = None) -> str:
    if end is None:
        end = len(target)
    if start > end and 0 <= end <= len(target):
        raise EvaluationError(f"invalid substring range. start: {start}, end: {end}")
    for bound in (start, end):
        if not 0 <= bound <= len(target):
            raise EvaluationError(f"index out of range: {bound}")
    return target[start:end]


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'


def _format(target: str, args: Any) -> str:
    """Return `target` with each clause replaced by the next argument."""
    left = list(args)

    def clause(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        if found[3] is None:
            what = f'unrecognized formatting clause "{found[4]}"' if found[4] else "unexpected end of string"
            raise EvaluationError(f"could not parse formatting clause: {what}")
        if not left:
            raise EvaluationError(f"index {len(args)} out of range")
        value = left.pop(0)
        return str(_CLAUSES[found[3]](value, 6 if found[2] is None else int(found[2])))

    return _VERB.sub(clause, target)


def _shown(value: Any, _: int = 0) -> str:
    match value:
        case None:
            return "null"
        case Timestamp():
            return timestamp_text(value)
        case Duration():
            return duration_text(value)
        case TypeValue():
            return value.name
    if isinstance(value, LISTS):
        return f"[{', '.join(_shown(each) for each in value)}]"
    if isinstance(value, MAPS):
        entries = sorted((_shown(key), _shown(value[key])) for key in value)
        return f"{{{', '.join(f'{key}: {each}' for key, each in entries)}}}"
    return to_string(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EvaluationError("error during formatting: decimal clause can only be used on integers")
    return int(value)


def _base(digits: str) -> Any:
    def clause(value: Any, _: int) -> str:
        if isinstance(value, str | bytes) and digits in "xX":
            text = (value.encode() if isinstance(value, str) else value).hex()
            return text.upper() if digits == "X" else text
        if isinstance(value, bool) and digits == "b":
            return str(int(value))
        return format(_whole(value), digits)

    return clause


def _real(form: str) -> Any:
    def clause(value: Any, precision: int) -> str:
        if isinstance(value, bool) or not isinstance(value, float | int):
            raise EvaluationError("error during formatting: fixed-point clause can only be used on doubles")
        text = format(float(value), f".{precision}{form}")
        if form == "f":
            return text
        mantissa, _, exponent = text.partition("e")
        return f"{mantissa}\u00d710{exponent.removeprefix('+').translate(_SUPERSCRIPT)}"

    return clause


_CLAUSES = {
    "s": _shown,
    "d": lambda value, _: str(_whole(value)),
    "f": _real("f"),
    "e": _real("e"),
    "x": _base("x"),
    "X": _base("X"),
    "b": _base("b"),
    "o": _base("o"),
}


def _text_test(test: Any) -> Any:
    def tested(target: Any, part: Any) -> bool:
        if not isinstance(target, str) or not isinstance(part, str):
            raise no_such_overload()
        return bool(test(target, part))

    return tested


def _of_text(change: Any) -> Any:
    def changed(target: Any, *args: Any) -> Any:
        if not isinstance(target, str):
            raise no_such_overload()
        return change(target, *args)

    return changed


FUNCTIONS: dict[str, Any] = {
    "contains": _text_test(lambda target, part: part in target),
    "startsWith": _text_test(str.startswith),
    "endsWith": _text_test(str.endswith),
    "matches": _matches,
    "find": _of_text(_find),
    "findAll": _of_text(_find_all),
    "charAt": _of_text(_char_at),
    "join": _join,
    "lowerAscii": _of_text(lambda text: text.translate(_LOWER)),
    "upperAscii": _of_text(lambda text: text.translate(_UPPER)),
    "trim": _of_text(lambda text: text.strip(_SPACE)),
    "replace": _of_text(_replace),
    "split": _of_text(_split),
    "substring": _of_text(_substring),
    "format": _of_text(_format),
    "strings.quote": _of_text(_quote),
}
