"""What is wrong with the rules of a schema before any object comes: they do not compile, or cost too much.

A rule inside of a list is counted as often as the list may be long.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/
{validation,cel_validation}.go@v1.36.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from insideout.apiserver.cel.declared import Declared, declared
from insideout.apiserver.cel.escaping import escape
from insideout.apiserver.cel.ranges import UNBOUNDED
from insideout.apiserver.cel.reading import ParserMissingError
from insideout.apiserver.crd.parts import Schema
from insideout.apiserver.crd.rules import RULES, compile_rules, most_times
from insideout.apiserver.objects import field as causes
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.warning import warn

RULE_LIMIT, SCHEMA_LIMIT = 10_000_000, 100_000_000
"""What one rule, and all rules of a schema, may cost at most."""
_SHOWN = 4


@dataclass
class Total:
    """The cost of all rules of a schema, and where the dearest are."""

    cost: int = 0
    dearest: list[tuple[int, str]] = field(default_factory=list)

    def add(self, path: str, cost: int) -> None:
        """Count a rule."""
        self.cost = min(self.cost + cost, UNBOUNDED)
        if cost >= SCHEMA_LIMIT // 100:
            self.dearest = sorted([*self.dearest, (cost, path)], key=lambda each: -each[0])[:_SHOWN]


@dataclass(frozen=True)
class Place:
    """Where in a schema rules are: how often values may be there, and where oldSelf lost its meaning."""

    schema: Schema
    total: Total
    types: Declared | None = None
    times: int | None = 1
    uncorrelated: str = ""
    limited: bool = True
    """Whether each rule has a limit of its own; not in a schema that an update leaves as it is."""

    def inner(self, schema: Schema, types: Declared | None, uncorrelated: str = "") -> "Place":
        """Return the place of a part of the schema."""
        times = None
        if self.times is not None:
            most = _most_elements(self.schema)
            times = None if most is None else min(self.times * most, UNBOUNDED)
        types = types or declared(schema, root=bool(schema.get("x-kubernetes-embedded-resource")))
        return replace(
            self,
            schema=schema,
            types=types,
            times=times,
            uncorrelated=self.uncorrelated or uncorrelated,
        )

    def property(self, name: str, schema: Schema, path: str) -> "Place":
        """Return the place of a field."""
        called = escape(name)
        types = self.types.fields.get(called) if self.types and called else None
        known = self.schema.get("x-kubernetes-map-type") in (None, "granular", "atomic")
        return self.inner(schema, types, "" if known else path)

    def element(self, schema: Schema, path: str) -> "Place":
        """Return the place of the elements of a list or the values of a map."""
        is_list = schema is self.schema.get("items")
        uncorrelated = path if is_list and self.schema.get("x-kubernetes-list-type") != "map" else ""
        return self.inner(schema, self.types.element if self.types else None, uncorrelated)


def root_place(schema: Schema, *, limited: bool = True) -> Place:
    """Return the place of a whole custom resource."""
    return Place(schema, Total(), declared(schema, root=True), limited=limited)


def _most_elements(schema: Schema) -> int | None:
    """Return how many parts a value has for each of itself, None for no bound."""
    most: Any = 1
    if schema.get("type") == "array":
        most = schema.get("maxItems")
    elif schema.get("type") == "object" and schema.get("additionalProperties") is not None:
        most = schema.get("maxProperties")
    return None if most is None else max(most, 0)


def compile_causes(place: Place, path: str) -> Causes:
    """Return what is wrong with the rules at a place, and count what they cost."""
    found: Causes = []
    try:
        compiled = compile_rules(place.schema.get(RULES), place.schema, place.types)
    except ParserMissingError as problem:
        warn(str(problem))  # the definition is of use without its rules, and what is not checked is said
        return []
    for index, each in enumerate(compiled):
        at = f"{path}.{RULES}[{index}]"
        times = place.times
        if times is None:
            times = most_times(place.types) if place.types else 1
        cost = min(each.cost * times, UNBOUNDED)
        if place.limited and cost > RULE_LIMIT:
            found.append(causes.forbidden(f"{at}.rule", _too_dear("estimated rule cost", cost, RULE_LIMIT)))
        place.total.add(f"{at}.rule", cost)
        if each.error:
            found.append(causes.invalid(f"{at}.rule", _shown(each.rule), each.error))
        if each.message_error:
            found.append(causes.invalid(f"{at}.messageExpression", _shown(each.rule), each.message_error))
        elif each.message is not None:
            if place.limited and each.message_cost > RULE_LIMIT:
                detail = _too_dear("estimated messageExpression cost", each.message_cost, RULE_LIMIT)
                found.append(causes.forbidden(f"{at}.messageExpression", detail))
            place.total.add(f"{at}.messageExpression", each.message_cost)
        if each.uses_old and place.uncorrelated:
            detail = "oldSelf cannot be used on the uncorrelatable portion of the schema within "
            detail += place.uncorrelated
            found.append(causes.invalid(f"{at}.rule", each.rule["rule"], detail))
        elif not each.uses_old and each.rule.get("optionalOldSelf") is not None:
            detail = "may not be set if oldSelf is not used in rule"
            found.append(causes.invalid(f"{at}.optionalOldSelf", each.rule["optionalOldSelf"], detail))
    return found


def total_causes(total: Total, path: str) -> Causes:
    """Return what is wrong when all rules of a schema together cost too much."""
    if total.cost <= SCHEMA_LIMIT:
        return []
    part = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
    what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
    found = [causes.forbidden(at, part) for _, at in total.dearest]
    return [*found, causes.forbidden(path, _too_dear(what, total.cost, SCHEMA_LIMIT))]


def _too_dear(what: str, cost: int, limit: int) -> str:
    factor = cost / limit
    if factor > 100:
        shown = "more than 100x"
    elif factor < 1.5:
        shown = f"{factor:f}x"
    else:
        shown = f"{factor:.1f}x"
    advice = "adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared"
    return f"{what} exceeds budget by factor of {shown} (try simplifying the rule, or {advice})"


def _shown(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as Go shows it, whose fields have no JSON names there."""
    return {
        "Rule": rule.get("rule") or "",
        "Message": rule.get("message") or "",
        "MessageExpression": rule.get("messageExpression") or "",
        "Reason": rule.get("reason"),
        "FieldPath": rule.get("fieldPath") or "",
        "OptionalOldSelf": rule.get("optionalOldSelf"),
    }
