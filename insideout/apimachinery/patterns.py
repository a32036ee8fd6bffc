r"""Regular expressions in Go's dialect (RE2's), read by its grammar and translated into Python's.

They differ where it hurts: flags may stand anywhere and hold to the end of their group; `$` is the end of the
text, not a last newline before it; `\d`, `\s` and `\w` know ASCII only; there are `[[:alpha:]]`, `\pL`,
`\Q..\E`, `\z` and `\x{41}`, but neither lookaround nor backreferences.  What Go refuses is refused in its
words.

Left out: that matching takes linear time.  A library for RE2 would promise it, but has no form for a browser.

Source: the documentation and error texts of Go's regexp/syntax.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from insideout.apimachinery import unicodeclasses as classes

_MOST_REPEATS = 1000
_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!", "(?>", "(?#", "(?(")
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")
_PROPERTY = re.compile(r"\\[pP](?:\{(\^?)([^}]*)\}|(.))")
_POSIX = re.compile(r"\[:(\^?)(\w+):\]")


@lru_cache(maxsize=1000)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of Go's dialect, compiled.  Raises ValueError with Go's words."""
    return re.compile(_Reader(pattern).translated())


def _error(problem: str, where: str) -> ValueError:
    return ValueError(f"error parsing regexp: {problem}: `{where}`")


class _Reader:
    """Reads a pattern from left to right; `out` is what it has translated."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.flags: frozenset[str] = frozenset()
        self.groups: list[tuple[frozenset[str], int]] = []
        """The flags outside of each open group, and where it begins in `out`."""
        self.atom = -1
        """Where in `out` the last thing begins that can be repeated."""
        self.repeat = -1
        """Where in the pattern the repetition of it begins, once it has one."""
        self.names: set[str] = set()

    def translated(self) -> str:
        while self.at < len(self.pattern):
            self._next()
        if self.groups:
            raise _error("missing closing )", self.pattern)
        return "".join(self.out)

    def _next(self) -> None:
        char = self.pattern[self.at]
        if char == "(":
            self._open()
        elif char == ")":
            self._close()
        elif char == "|":
            self.at += 1
            self.out.append("|")
            self.atom = -1
        elif char in "*+?" or (char == "{" and _COUNT.match(self.pattern, self.at)):
            self._repeat()
        elif char == "[":
            self._add(self._class())
        elif char == "\\":
            self._escape()
        else:
            self.at += 1
            self._add(
                {"^": self._anchor("^"), "$": self._anchor("$"), ".": self._any()}.get(char) or _char(char)
            )

    def _add(self, text: str) -> None:
        """Add something that can be repeated."""
        self.atom, self.repeat = len(self.out), -1
        folded = "i" in self.flags and text != ""
        self.out.append(f"(?i:{text})" if folded else text)

    def _anchor(self, char: str) -> str:
        if "m" in self.flags:
            return f"(?m:{char})"
        return r"(?:\A)" if char == "^" else r"(?:\Z)"

    def _any(self) -> str:
        return "(?s:.)" if "s" in self.flags else "."

    def _open(self) -> None:
        rest = self.pattern[self.at :]
        if not rest.startswith("(?"):
            self._group("(", 1)
            return
        look = next((each for each in _LOOKAROUND if rest.startswith(each)), "")
        if look:
            raise _error("invalid or unsupported Perl syntax", look)
        named = 4 if rest.startswith("(?P<") else 3 if rest.startswith("(?<") else 0
        if named:
            self._named(rest, named)
            return
        found = _FLAGS.match(self.pattern, self.at)
        if found is None:
            raise _error(
                "invalid or unsupported Perl syntax" if len(rest) > 2 else "missing closing )", rest[:3]
            )
        flags = (self.flags | set(found[1])) - set((found[2] or "")[1:])
        if found[3] == ")":
            self.at = found.end()
            self.flags, self.atom = flags, -1
        else:
            self._group("(?:", found.end() - self.at)
            self.flags = flags

    def _named(self, rest: str, start: int) -> None:
        end = rest.find(">")
        if end < 0:
            raise _error("invalid named capture", rest)
        name = rest[start:end]
        if not _NAME.fullmatch(name):
            raise _error("invalid named capture", rest[: end + 1])
        if name in self.names:
            raise _error("duplicate capture group name", name)
        self.names.add(name)
        self._group(f"(?P<{name}>" if name.isidentifier() else "(", end + 1)

    def _group(self, text: str, length: int) -> None:
        self.groups.append((self.flags, len(self.out)))
        self.out.append(text)
        self.at += length
        self.atom = -1

    def _close(self) -> None:
        if not self.groups:
            raise _error("unexpected )", self.pattern)
        self.flags, self.atom = self.groups.pop()
        self.repeat = -1
        self.out.append(")")
        self.at += 1

    def _repeat(self) -> None:
        start = self.at
        count = _COUNT.match(self.pattern, start)
        end = count.end() if count is not None and self.pattern[start] == "{" else start + 1
        operator = self.pattern[start:end]
        lazy = self.pattern[end : end + 1] == "?"
        end += lazy
        if self.atom < 0:
            raise _error("missing argument to repetition operator", self.pattern[start:end])
        if self.repeat >= 0:
            raise _error("invalid nested repetition operator", self.pattern[self.repeat : end])
        if count is not None and operator.startswith("{"):
            least, most = int(count[1]), int(count[3] or count[1])
            if most > _MOST_REPEATS or least > _MOST_REPEATS or (count[3] and least > most):
                raise _error("invalid repeat count", operator)
        # What is repeated is put into a group: Python refuses to repeat some things that Go does.
        self.out[self.atom] = f"(?:{self.out[self.atom]}"
        self.out.append(f"){operator}{'?' if lazy != ('U' in self.flags) else ''}")
        self.at, self.repeat = end, start

    def _escape(self) -> None:
        rest = self.pattern[self.at : self.at + 2]
        if rest == "\\":
            raise _error("trailing backslash at end of expression", "")
        if rest == r"\Q":
            end = self.pattern.find(r"\E", self.at)
            literal = self.pattern[self.at + 2 : end if end >= 0 else len(self.pattern)]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            for char in literal:
                self._add(_char(char))
            return
        simple = {r"\A": r"(?:\A)", r"\z": r"(?:\Z)", r"\b": r"(?a:\b)", r"\B": r"(?a:\B)"}.get(rest)
        if simple is not None:
            self.at += 2
            self._add(simple)
            return
        many = self._named_class()
        self._add(_set(many) if many is not None else _char(chr(self._code())))

    def _named_class(self) -> classes.Ranges | None:
        r"""Read `\d` or `\pL`, and return its characters; None for anything else."""
        kind = self.pattern[self.at + 1 : self.at + 2]
        if kind and kind in "dswDSW":
            self.at += 2
            found = classes.PERL[kind.lower()]
            return found if kind.islower() else classes.complement(found)
        if kind not in ("p", "P"):
            return None
        match = _PROPERTY.match(self.pattern, self.at)
        found_named = classes.named(match[2] or match[3] or "") if match is not None else None
        if match is None or found_named is None:
            raise _error("invalid character class range", match[0] if match else self.pattern[self.at :])
        self.at = match.end()
        negated = (kind == "P") != (match[1] == "^")
        return classes.complement(found_named) if negated else found_named

    def _code(self) -> int:
        """Read an escaped character."""
        char = self.pattern[self.at + 1]
        number = _HEX.match(self.pattern, self.at) or _OCTAL.match(self.pattern, self.at)
        if number is not None:
            code = int(number[1] or number[2], 16) if number[0][1] == "x" else int(number[1], 8)
            if code <= classes.MOST:
                self.at = number.end()
                return code
        elif char in _CONTROLS or (char.isascii() and not char.isalnum()):
            self.at += 2
            return _CONTROLS.get(char, ord(char))
        raise _error("invalid escape sequence", self.pattern[self.at : self.at + 2])

    def _class(self) -> str:
        start = self.at
        self.at += 1
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise _error("missing closing ]", self.pattern[start:])
            first = False
            ranges += self._item(start)
        self.at += 1
        return _set(ranges, negated=negated)

    def _item(self, start: int) -> Iterable[tuple[int, int]]:
        posix = _POSIX.match(self.pattern, self.at)
        if posix is not None:
            if posix[2] not in classes.POSIX:
                raise _error("invalid character class range", posix[0])
            self.at = posix.end()
            found = classes.POSIX[posix[2]]
            return classes.complement(found) if posix[1] else found
        if self.pattern[self.at] == "\\" and (many := self._named_class()) is not None:
            return many
        begin = self.at
        low = high = self._single(start)
        if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] not in ("", "]"):
            self.at += 1
            high = self._single(start)
            if high < low:
                raise _error("invalid character class range", self.pattern[begin : self.at])
        return [(low, high)]

    def _single(self, start: int) -> int:
        """Read one character of a class."""
        if self.at >= len(self.pattern):
            raise _error("missing closing ]", self.pattern[start:])
        if self.pattern[self.at] != "\\":
            self.at += 1
            return ord(self.pattern[self.at - 1])
        if self.at + 1 >= len(self.pattern):
            raise _error("trailing backslash at end of expression", "")
        return self._code()


def _char(char: str) -> str:
    return re.escape(char)


def _set(ranges: Iterable[tuple[int, int]], *, negated: bool = False) -> str:
    shown = "".join(f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{'^' if negated else ''}{shown}]"
