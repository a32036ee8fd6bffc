"""Label selectors: the language of `kubectl get -l`, and the selector objects of workloads and services.

Source: k8s.io/apimachinery/pkg/labels/selector.go (language, messages),
k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go:LabelSelectorAsSelector@v1.36.2.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from insideout.apimachinery.goquote import go_quote
from insideout.apimachinery.names import label_key, label_value


class Requirement(NamedTuple):
    """One condition on one label; `operator` is in, notin, =, ==, !=, exists, !, gt or lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether `labels` satisfy it; a label that is not there satisfies notin, != and !."""
        present = self.key in labels
        if self.operator in _IN:
            return present and labels[self.key] in self.values
        if self.operator in _NOT_IN:
            return not present or labels[self.key] not in self.values
        if self.operator == "exists":
            return present
        if self.operator == "!":
            return not present
        number = _integer(labels.get(self.key, ""))
        bound = _integer(self.values[0])
        if number is None or bound is None:
            return False
        return number > bound if self.operator == "gt" else number < bound

    def __str__(self) -> str:
        if self.operator == "!":
            return f"!{self.key}"
        if self.operator == "exists":
            return self.key
        listed = ",".join(sorted(self.values))
        if self.operator in ("in", "notin"):
            return f"{self.key} {self.operator} ({listed})"
        return f"{self.key}{_SIGNS.get(self.operator, self.operator)}{listed}"


_IN = ("in", "=", "==")
_NOT_IN = ("notin", "!=")
_SIGNS = {"gt": ">", "lt": "<"}


class LabelSelector(NamedTuple):
    """Requirements that must all hold; without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Say whether it selects an object with these labels."""
        found = labels or {}
        return all(requirement.matches(found) for requirement in self.requirements)

    def __str__(self) -> str:
        return ",".join(str(each) for each in self.requirements)


EVERYTHING = LabelSelector()


def from_labels(labels: Mapping[str, str]) -> LabelSelector:
    """Return what a Service's spec.selector means: every label has exactly this value."""
    return LabelSelector(tuple(Requirement(key, "=", (labels[key],)) for key in sorted(labels)))


def from_object(selector: Mapping[str, Any] | None) -> LabelSelector | None:
    """Return what a workload's spec.selector means: None (nothing) without one, everything when it is empty.

    Raises ValueError when an expression makes no sense.
    """
    if selector is None:
        return None
    found = [_checked(key, "=", [value]) for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or []:
        operator = _OBJECT_OPERATORS.get(expression.get("operator", ""))
        if operator is None:
            quoted = go_quote(str(expression.get("operator", "")))
            raise ValueError(f"{quoted} is not a valid label selector operator")
        found.append(_checked(expression.get("key", ""), operator, expression.get("values") or []))
    return LabelSelector(tuple(sorted(found, key=lambda each: each.key)))


_OBJECT_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def parse(text: str) -> LabelSelector:
    """Return what `text`, such as "app in (a,b),!gone", selects.

    Raises ValueError with upstream's words when it cannot be read.
    """
    return _Parser(text).parse() if text else EVERYTHING


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) and abs(int(text)) < 2**63 else None


def _checked(key: str, operator: str, values: Sequence[str]) -> Requirement:
    """Return the requirement, or raise ValueError as upstream's NewRequirement refuses it."""
    problems = [
        f"key: Invalid value: {go_quote(key)}: {'; '.join(found)}" for found in [label_key(key)] if found
    ]
    listed = f"values: Invalid value: [{','.join(go_quote(each) for each in values)}]: "
    if operator in ("in", "notin") and not values:
        problems.append(f"{listed}for 'in', 'notin' operators, values set can't be empty")
    if operator in ("exists", "!") and values:
        problems.append(f"{listed}values set must be empty for exists and does not exist")
    if operator in ("gt", "lt"):
        problems += [
            f"values[{index}]: Invalid value: {go_quote(value)}: "
            "for 'Gt', 'Lt' operators, the value must be an integer"
            for index, value in enumerate(values)
            if _integer(value) is None
        ]
    for index, value in enumerate(values):
        if found := label_value(value):
            problems.append(f"values[{index}][{key}]: Invalid value: {go_quote(value)}: {'; '.join(found)}")
    if problems:
        raise ValueError(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
    return Requirement(key, operator, tuple(values))


_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<symbol>==|!=|[=!(),<>])|(?P<word>[^=!(),<> \t\r\n\0]+)|(?P<end>\Z|\0))"
)
_BINARY = "in, notin, =, ==, !=, gt, lt"


class _Parser:
    """Recursive descent over the tokens; `in` and `notin` are words wherever a value may stand."""

    def __init__(self, text: str) -> None:
        self._tokens = [
            (match.lastgroup or "end", match.group(match.lastgroup or "end"))
            for match in _TOKEN.finditer(text)
        ]
        self._at = 0

    def parse(self) -> LabelSelector:
        found: list[Requirement] = []
        while True:
            kind, text = self._peek()
            if kind == "end":
                break
            if kind != "word" and text != "!":
                raise ValueError(f"found '{text}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self._requirement())
            except ValueError as problem:
                raise ValueError(f"unable to parse requirement: {problem}") from None
            kind, text = self._next()
            if kind == "end":
                break
            if text != ",":
                raise ValueError(f"found '{text}', expected: ',' or 'end of string'")
            kind, text = self._peek()
            if kind != "word" and text != "!":
                raise ValueError(f"found '{text}', expected: identifier after ','")
        return LabelSelector(tuple(sorted(found, key=lambda each: each.key)))

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _requirement(self) -> Requirement:
        kind, text = self._next()
        negated = text == "!" and kind == "symbol"
        if negated:
            kind, text = self._next()
        if kind != "word":
            raise ValueError(f"found '{text}', expected: identifier")
        if problems := label_key(text):
            raise ValueError(f"<nil>: Invalid value: {go_quote(text)}: {'; '.join(problems)}")
        key = text
        if negated:
            return _checked(key, "!", [])
        kind, text = self._peek()
        if kind == "end" or text == ",":
            return _checked(key, "exists", [])
        kind, text = self._next()
        if text in ("in", "notin") and kind == "word":
            return _checked(key, text, self._values())
        if text not in ("=", "==", "!=", ">", "<"):
            raise ValueError(f"found '{text}', expected: {_BINARY}")
        operator = {">": "gt", "<": "lt"}.get(text, text)
        return _checked(key, operator, [self._exact_value()])

    def _exact_value(self) -> str:
        kind, text = self._peek()
        if kind == "end" or text == ",":
            return ""
        self._next()
        if kind != "word":
            raise ValueError(f"found '{text}', expected: identifier")
        return text

    def _values(self) -> list[str]:
        _, text = self._next()
        if text != "(":
            raise ValueError(f"found '{text}' expected: '('")
        kind, text = self._peek()
        if text == ")":
            self._next()
            return [""]
        if kind != "word" and text != ",":
            raise ValueError(f"found '{text}', expected: ',', ')' or identifier")
        values = []
        expect_value = True
        while True:
            kind, text = self._next()
            if kind == "word" and expect_value:
                values.append(text)
                expect_value = False
            elif text == "," or (text == ")" and values):
                if expect_value:
                    values.append("")
                if text == ")":
                    return sorted(set(values))
                expect_value = True
            elif kind == "word" or not expect_value:
                raise ValueError(f"found '{text}', expected: ',' or ')'")
            else:
                raise ValueError(f"found '{text}', expected: ',', or identifier")
