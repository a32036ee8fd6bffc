"""Field selectors: `kubectl get pods --field-selector spec.nodeName=a,status.phase!=Running`.

Only exact comparisons; which fields a kind offers is said in insideout.apiserver.selectable.

Source: k8s.io/apimachinery/pkg/fields/selector.go@v1.36.2.
"""

from collections.abc import Callable
from typing import NamedTuple


class FieldSelector(NamedTuple):
    """Conditions (field, equal, value) that must all hold."""

    terms: tuple[tuple[str, bool, str], ...] = ()

    def matches(self, value_of: Callable[[str], str]) -> bool:
        """Say whether an object matches whose field `f` reads `value_of(f)`."""
        return all((value_of(field) == value) is equal for field, equal, value in self.terms)

    def exact(self, field: str) -> str | None:
        """Return the one value that `field` must have, or None."""
        return next((value for name, equal, value in self.terms if equal and name == field), None)


def parse(text: str) -> FieldSelector:
    r"""Return what `text` selects; "\\", "\," and "\=" stand for the character itself in a value.

    Raises ValueError with upstream's words when it cannot be read.
    """
    terms = []
    for part in sorted(_split(text)):
        if not part:
            continue
        field, operator, value = _term(text, part)
        value = _unescape(value)
        if value or operator == "!=" or field:
            terms.append((field, operator != "!=", value))
    return FieldSelector(tuple(terms))


def _split(text: str) -> list[str]:
    parts, start, escaped = [], 0, False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ",":
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _term(text: str, part: str) -> tuple[str, str, str]:
    for index in range(len(part)):
        for operator in ("!=", "==", "="):
            if part.startswith(operator, index):
                return part[:index], operator, part[index + len(operator) :]
    raise ValueError(f"invalid selector: '{text}'; can't understand '{part}'")


def _unescape(value: str) -> str:
    out, escaped = [], False
    for char in value:
        if escaped:
            if char not in "\\,=":
                raise ValueError(f"invalid field selector: invalid escape sequence: \\{char}")
            out.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in ",=":
            raise ValueError(f"invalid field selector: unescaped character in value: {ord(char)}")
        else:
            out.append(char)
    if escaped:
        raise ValueError("invalid field selector: invalid escape sequence: \\")
    return "".join(out)
