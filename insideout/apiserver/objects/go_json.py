"""Reads JSON as Go does: the same texts are refused, in the same words, and nothing a text says is lost.

Objects that name a key twice and numbers with a fraction keep that fact, because messages speak of them.
Nesting stops at 200 levels (Go reads 10,000): what is stored must be safe to copy and to write.

Source: encoding/json/scanner.go of Go 1.26, as sigs.k8s.io/json@v0.0.0-20250730193827-2d320260d730 uses it.
"""

import json
import re
from typing import Any

MAX_DEPTH = 200
_END = "unexpected end of JSON input"
_TOO_DEEP = "exceeded max depth"
_SPACE = b" \t\r\n"
_DIGITS = b"0123456789"
_STRING = re.compile(rb'[^"\\\x00-\x1f]*')
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS = re.compile(rb"[][{}]")
_ESCAPED_SURROGATE = re.compile(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


class Repeated(dict[str, Any]):
    """A JSON object that names some keys more than once; the last value counts, as in Go, and its place."""

    names: tuple[str, ...] = ()


class Fraction(float):
    """A number that was written with a fraction or an exponent; `text` is how."""

    text: str = ""


def loads(data: bytes) -> Any:
    """Return the value that `data` writes.  Raises ValueError with Go's words."""
    if depth(data, MAX_DEPTH) > MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    text = data.decode("utf-8", "replace")
    if "\\ud" in text or "\\uD" in text:
        text = _ESCAPED_SURROGATE.sub(_replace_lone_surrogate, text)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError:
        raise ValueError(explain(data)) from None
    except ValueError:  # an integer with more digits than Python wants to read
        return _LONG_DECODER.decode(text)


def explain(data: bytes) -> str:
    """Return why Go refuses `data`, which is not JSON."""
    try:
        _Scanner(data).document()
    except ValueError as reason:
        return str(reason)
    return "invalid JSON"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    again: dict[str, None] = {}
    repeated = Repeated()
    for key, item in pairs:
        if key in repeated:
            again[key] = None
            del repeated[key]  # the place of the last one counts too
        repeated[key] = item
    repeated.names = tuple(again)
    return repeated


def _fraction(text: str) -> Fraction:
    value = Fraction(text)
    value.text = text
    return value


def _refuse_constant(name: str) -> Any:
    char = name[1] if name.startswith("-") else name[0]
    where = "in numeric literal" if name.startswith("-") else "looking for beginning of value"
    raise json.JSONDecodeError(f"invalid character '{char}' {where}", name, 0)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_fraction, parse_constant=_refuse_constant, strict=True
)
_LONG_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_fraction, parse_int=_fraction, parse_constant=_refuse_constant
)


def _replace_lone_surrogate(match: re.Match[str]) -> str:
    return "\\ufffd" if len(match[0]) == 6 else match[0]


def depth(data: bytes, enough: int = 0) -> int:
    """Return how deeply arrays and objects nest, leaving out what is inside strings.

    Where there are no more brackets than `enough`, it is not looked at closely: the answer is their number.
    """
    count = data.count(b"{") + data.count(b"[")
    if count <= enough:
        return count
    deepest = now = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        now += 1 if bracket in (b"{", b"[") else -1
        deepest = max(deepest, now)
    return deepest


class _Scanner:
    """Walks a text by Go's grammar and stops with Go's message at the first character that does not fit."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def document(self) -> None:
        self.value()
        self.skip_space()
        if self.at < len(self.data):
            self.refuse("after top-level value")

    def refuse(self, context: str) -> None:
        if self.at >= len(self.data):
            raise ValueError(_END)
        char = chr(self.data[self.at])
        shown = {"'": "\\'", '"': '"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(char, char)
        if not shown.isprintable():
            shown = f"\\x{ord(char):02x}" if ord(char) < 0x80 else f"\\u{ord(char):04x}"
        raise ValueError(f"invalid character '{shown}' {context}")

    def peek(self) -> int:
        return self.data[self.at] if self.at < len(self.data) else -1

    def skip_space(self) -> None:
        while self.peek() in _SPACE if self.at < len(self.data) else False:
            self.at += 1

    def value(self) -> None:
        self.skip_space()
        char = self.data[self.at : self.at + 1]
        if char == b"{":
            self.members()
        elif char == b"[":
            self.elements()
        elif char == b'"':
            self.string()
        elif char and char in b"-0123456789":
            self.number()
        elif char in (b"t", b"f", b"n"):
            self.literal({b"t": b"true", b"f": b"false", b"n": b"null"}[char])
        else:
            self.refuse("looking for beginning of value")

    def members(self) -> None:
        self.at += 1
        self.skip_space()
        if self.peek() == ord("}"):
            self.at += 1
            return
        while True:
            self.skip_space()
            if self.peek() != ord('"'):
                self.refuse("looking for beginning of object key string")
            self.string()
            self.skip_space()
            if self.peek() != ord(":"):
                self.refuse("after object key")
            self.at += 1
            self.value()
            if self.closes(ord("}"), "after object key:value pair"):
                return

    def elements(self) -> None:
        self.at += 1
        self.skip_space()
        if self.peek() == ord("]"):
            self.at += 1
            return
        while True:
            self.value()
            if self.closes(ord("]"), "after array element"):
                return

    def closes(self, bracket: int, context: str) -> bool:
        self.skip_space()
        char = self.peek()
        if char not in (bracket, ord(",")):
            self.refuse(context)
        self.at += 1
        return char == bracket

    def string(self) -> None:
        self.at += 1
        while True:
            match = _STRING.match(self.data, self.at)
            self.at = match.end() if match else self.at
            char = self.peek()
            self.at += char in (ord('"'), ord("\\"))
            if char == ord('"'):
                return
            if char != ord("\\"):
                self.refuse("in string literal")
            self.escape()

    def escape(self) -> None:
        char = self.peek()
        if char == -1 or char not in b'bfnrt\\/"u':
            self.refuse("in string escape code")
        self.at += 1
        if char == ord("u"):
            for _ in range(4):
                if self.peek() == -1 or self.peek() not in b"0123456789abcdefABCDEF":
                    self.refuse("in \\u hexadecimal character escape")
                self.at += 1

    def number(self) -> None:
        if self.peek() == ord("-"):
            self.at += 1
            self.needs_digit("in numeric literal")
        if self.peek() == ord("0"):
            self.at += 1
        else:
            self.digits()
        if self.peek() == ord("."):
            self.at += 1
            self.needs_digit("after decimal point in numeric literal")
            self.digits()
        if self.peek() in (ord("e"), ord("E")):
            self.at += 1
            if self.peek() in (ord("+"), ord("-")):
                self.at += 1
            self.needs_digit("in exponent of numeric literal")
            self.digits()

    def needs_digit(self, context: str) -> None:
        if self.peek() == -1 or self.peek() not in _DIGITS:
            self.refuse(context)

    def digits(self) -> None:
        while self.at < len(self.data) and self.data[self.at] in _DIGITS:
            self.at += 1

    def literal(self, word: bytes) -> None:
        for index in range(1, len(word)):
            self.at += 1
            if self.peek() != word[index]:
                self.refuse(f"in literal {word.decode()} (expecting '{chr(word[index])}')")
        self.at += 1
