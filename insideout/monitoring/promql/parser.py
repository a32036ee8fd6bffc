"""From a query's text to its expression: a lexer of one regular expression and a parser by precedence.

Source: prometheus/promql/parser/{lex.go,generated_parser.y}@v3.14.0.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from insideout.monitoring.promql.expressions import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Matcher,
    Number,
    Selector,
    Subquery,
)
from insideout.monitoring.samples import NAME

AGGREGATIONS = (
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "stddev",
    "stdvar",
    "group",
    "quantile",
    "topk",
    "bottomk",
)
_WITH_PARAMETER = ("quantile", "topk", "bottomk")
_PRECEDENCE = (
    ("or",),
    ("and", "unless"),
    ("==", "!=", "<=", "<", ">=", ">"),
    ("+", "-"),
    ("*", "/", "%"),
    ("^",),
)
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<duration>(?:[0-9]+(?:ms|[smhdwy]))+(?![\w]))
    |(?P<number>0x[0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[Ii]nf\b|[Nn]a[Nn]\b)
    |(?P<word>[a-zA-Z_][\w:]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){}\[\],:])
    )""",
    re.VERBOSE,
)


class QueryError(ValueError):
    """A query that cannot be read or evaluated: one line that says where and why."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(query: str) -> Expression:
    """Return the expression of a query.  Raises QueryError."""
    parser = _Parser(query)
    found = parser.binary(0)
    if parser.token.kind != "end":
        raise parser.wrong("the end of the query")
    return found


def duration_s(text: str) -> float:
    """Return the seconds of a duration such as "1h30m"."""
    return sum(int(count) * _UNITS_S[unit] for count, unit in re.findall(r"([0-9]+)(ms|[smhdwy])", text))


class _Parser:
    def __init__(self, query: str) -> None:
        self._query = query
        self._at = 0
        self.token = self._next()

    def _next(self) -> _Token:
        rest = self._query[self._at :]
        if not rest.strip():
            return _Token("end", "", len(self._query))
        match = _TOKEN.match(self._query, self._at)
        if match is None or match.lastgroup is None:
            place = self._at + len(rest) - len(rest.lstrip())
            raise QueryError(f"{self._query!r}: {self._query[place]!r} at {place} is no part of a query")
        self._at = match.end()
        return _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))

    def wrong(self, wanted: str) -> QueryError:
        got = repr(self.token.text) if self.token.text else "its end"
        return QueryError(f"{self._query!r}: {wanted} was expected at {self.token.at}, not {got}")

    def take(self, *texts: str) -> str:
        """Return the next token's text and go on if it is one of these signs or words, else return ""."""
        if self.token.kind in ("sign", "word") and self.token.text in texts:
            text, self.token = self.token.text, self._next()
            return text
        return ""

    def need(self, text: str) -> None:
        if not self.take(text):
            raise self.wrong(repr(text))

    def kind(self, kind: str, wanted: str) -> str:
        if self.token.kind != kind:
            raise self.wrong(wanted)
        text, self.token = self.token.text, self._next()
        return text

    def binary(self, level: int) -> Expression:
        if level == len(_PRECEDENCE):
            return self.unary()
        left = self.binary(level + 1)
        while operator := self.take(*_PRECEDENCE[level]):
            way = self.take("on", "ignoring")
            labels = self.labels() if way else ()
            # ^ binds to the right.
            right = self.binary(level if operator == "^" else level + 1)
            left = Binary(operator, left, right, way == "on", labels)
        return left

    def unary(self) -> Expression:
        if sign := self.take("-", "+"):
            inner = self.binary(len(_PRECEDENCE) - 1)
            if isinstance(inner, Number):
                return Number(-inner.value if sign == "-" else inner.value)
            return Binary("*", Number(-1.0), inner) if sign == "-" else inner
        return self.postfix(self.primary())

    def primary(self) -> Expression:
        if self.token.kind == "number":
            text = self.kind("number", "a number")
            return Number(float(int(text, 16)) if text.startswith("0x") else float(text))
        if self.take("("):
            inner = self.binary(0)
            self.need(")")
            return inner
        if self.token.kind == "sign" and self.token.text == "{":
            return Selector(self.matchers())
        name = self.kind("word", "an expression")
        if name in AGGREGATIONS and self.token.text in ("(", "by", "without"):
            return self.aggregation(name)
        if self.take("("):
            return Call(name, self.arguments())
        more = self.matchers() if self.token.text == "{" else ()
        return Selector((Matcher(NAME, "=", name), *more))

    def aggregation(self, name: str) -> Expression:
        way = self.take("by", "without")
        labels = self.labels() if way else ()
        self.need("(")
        arguments = self.arguments()
        if not way:
            way = self.take("by", "without")
            labels = self.labels() if way else ()
        if len(arguments) != 1 + (name in _WITH_PARAMETER):
            raise QueryError(f"{self._query!r}: {name} takes {1 + (name in _WITH_PARAMETER)} arguments")
        parameter = arguments[0] if name in _WITH_PARAMETER else None
        return Aggregation(name, arguments[-1], labels, way != "without", parameter)

    def arguments(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while not self.take(")"):
            if found:
                self.need(",")
            found.append(self.binary(0))
        return tuple(found)

    def labels(self) -> tuple[str, ...]:
        self.need("(")
        found: list[str] = []
        while not self.take(")"):
            if found:
                self.need(",")
            found.append(self.kind("word", "a label"))
        return tuple(found)

    def matchers(self) -> tuple[Matcher, ...]:
        self.need("{")
        found: list[Matcher] = []
        while not self.take("}"):
            if found:
                self.need(",")
            label = self.kind("word", "a label")
            operator = self.take("=~", "!~", "!=", "=")
            if not operator:
                raise self.wrong("=, !=, =~ or !~")
            text = self.kind("text", "a text in quotes")
            found.append(Matcher(label, operator, re.sub(r"\\(.)", r"\1", text[1:-1])))
        return tuple(found)

    def postfix(self, inner: Expression) -> Expression:
        while True:
            if self.take("["):
                inner = self.range(inner)
            elif self.take("offset"):
                sign = -1.0 if self.take("-") else 1.0
                offset_s = sign * duration_s(self.kind("duration", "a duration"))
                if not isinstance(inner, Selector | Subquery):
                    raise self.wrong("a selector or a subquery before offset")
                inner = replace(inner, offset_s=offset_s)
            else:
                return inner

    def range(self, inner: Expression) -> Expression:
        range_s = duration_s(self.kind("duration", "a duration"))
        if self.take(":"):
            step_s = duration_s(self.kind("duration", "a step")) if self.token.kind == "duration" else 60.0
            self.need("]")
            return Subquery(inner, range_s, step_s)
        self.need("]")
        if not isinstance(inner, Selector) or inner.range_s is not None:
            raise QueryError(
                f"{self._query!r}: a range belongs behind a selector; elsewhere give a step, [5m:15s]"
            )
        return replace(inner, range_s=range_s)
