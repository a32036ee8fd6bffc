"""Rules of custom resources: what they refuse, in which words; what is wrong with rules themselves."""

import copy
from typing import Any

import pytest

from insideout.apiserver.crd import rule_evaluation
from insideout.apiserver.crd.field_paths import field_path
from insideout.apiserver.crd.rule_evaluation import rule_causes
from insideout.apiserver.crd.rules import compiled_rules, rules_of
from insideout.apiserver.crd.schema_rules import schema_causes
from insideout.apiserver.warning import collected

_INTEGER: dict[str, Any] = {"type": "integer"}


def ruled(schema: dict[str, Any], *rules: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with rules."""
    return {**schema, "x-kubernetes-validations": list(rules)}


def spec(**properties: Any) -> dict[str, Any]:
    """Return the schema of a custom resource with a spec."""
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}


def found(schema: dict[str, Any], new: Any, old: Any = None) -> list[str]:
    """Return what the rules of a schema say to an object."""
    rules = rules_of(schema)
    assert rules is not None
    return [f"{each.field}: {each.message}" for each in rule_causes(rules, new, old)]


def wrong(schema: dict[str, Any]) -> list[str]:
    """Return what is wrong with the rules of a schema."""
    return [f"{each.field}: {each.message}" for each in schema_causes(schema, "s", has_status=False)]


def test_a_rule_names_its_place_and_shows_the_value() -> None:
    schema = spec(size=ruled(_INTEGER, {"rule": "self < 10", "message": "too big"}))
    assert found(schema, {"spec": {"size": 11}}) == ["spec.size: Invalid value: 11: too big"]
    assert found(schema, {"spec": {"size": 9}}) == []
    assert found(schema, {"spec": {}}) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"rule": " self.a == 1 "}, "spec: Invalid value: failed rule: self.a == 1"),
        ({"rule": "self.a == 1", "reason": "FieldValueRequired", "message": "m"}, "spec: Required value: m"),
        ({"rule": "self.a == 1", "reason": "FieldValueDuplicate"}, "spec: Duplicate value"),
        ({"rule": "self.a == 1", "fieldPath": ".a", "message": "m"}, "spec.a: Invalid value: m"),
        (
            {"rule": "self.a == 1", "messageExpression": "'a is ' + string(self.a)"},
            "spec: Invalid value: a is 2",
        ),
        ({"rule": "self.a == 1", "message": "m", "messageExpression": "'a\\nb'"}, "spec: Invalid value: m"),
        (
            {"rule": "self.a == 1", "message": "m", "messageExpression": "string(1 / 0)"},
            "spec: Invalid value: m",
        ),
        (
            {"rule": "self.b == 1"},
            'spec: Invalid value: "object": no such key: b evaluating rule: self.b == 1',
        ),
        (
            {"rule": "self.any > 1"},
            "spec: Invalid value: \"object\": 'no such overload': call arguments did not match a supported "
            "operator, function or macro signature for rule: self.any > 1",
        ),
    ],
)
def test_the_words_of_a_refusal(rule: dict[str, Any], said: str) -> None:
    schema = spec(a=_INTEGER, b=_INTEGER, any={"x-kubernetes-int-or-string": True})
    schema["properties"]["spec"] = ruled(schema["properties"]["spec"], rule)
    assert found(schema, {"spec": {"a": 2, "any": "x"}}) == [said]


def test_transition_rules_need_something_before() -> None:
    schema = spec(size=ruled(_INTEGER, {"rule": "self >= oldSelf", "message": "may only grow"}))
    assert found(schema, {"spec": {"size": 1}}) == []
    assert found(schema, {"spec": {"size": 1}}, {"spec": {}}) == []
    assert found(schema, {"spec": {"size": 1}}, {"spec": {"size": 2}}) == [
        "spec.size: Invalid value: 1: may only grow"
    ]


def test_with_optional_old_self_a_rule_sees_creation_too() -> None:
    rule = {"rule": "oldSelf.hasValue() ? self == oldSelf.value() : self == 0", "optionalOldSelf": True}
    schema = spec(size=ruled(_INTEGER, rule))
    assert len(found(schema, {"spec": {"size": 1}})) == 1
    assert found(schema, {"spec": {"size": 0}}) == []
    assert found(schema, {"spec": {"size": 7}}, {"spec": {"size": 7}}) == []


def test_elements_of_map_lists_are_recognised_by_their_keys() -> None:
    part = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "n": ruled(_INTEGER, {"rule": "self == oldSelf"})},
    }
    parts = {
        "type": "array",
        "items": part,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
    }
    old = {"spec": {"parts": [{"name": "a", "n": 1}, {"name": "b", "n": 2}]}}
    swapped = {"spec": {"parts": [{"name": "b", "n": 2}, {"name": "a", "n": 1}]}}
    assert found(spec(parts=parts), swapped, old) == []
    changed = {"spec": {"parts": [{"name": "b", "n": 3}, {"name": "c", "n": 9}]}}
    assert found(spec(parts=parts), changed, old) == [
        "spec.parts[0].n: Invalid value: 3: failed rule: self == oldSelf"
    ]


def test_what_was_wrong_before_and_has_not_changed_is_a_warning() -> None:
    schema = spec(name=ruled({"type": "string"}, {"rule": "self != 'x'", "message": "no x"}), n=_INTEGER)
    old = {"spec": {"name": "x", "n": 1}}
    with collected() as warnings:
        assert found(schema, {"spec": {"name": "x", "n": 2}}, old) == []
    assert warnings == ['spec.name: Invalid value: "x": no x']
    assert len(found(schema, {"spec": {"name": "x", "n": 2}})) == 1


def test_values_of_maps_and_embedded_objects() -> None:
    values = {"type": "object", "additionalProperties": ruled(_INTEGER, {"rule": "self > 0"})}
    assert found(spec(values=values), {"spec": {"values": {"a": 0, "b": 1}}}) == [
        "spec.values[a]: Invalid value: 0: failed rule: self > 0"
    ]
    embedded = ruled(
        {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        {"rule": "self.kind == 'Pod' && self.metadata.name != ''"},
    )
    assert found(spec(template=embedded), {"spec": {"template": {"kind": "Job"}}}) != []


def test_rules_inside_of_all_of() -> None:
    inner = {"properties": {"a": ruled({}, {"rule": "self > 1"})}}
    schema = spec(a=_INTEGER)
    schema["properties"]["spec"]["allOf"] = [inner]
    assert found(schema, {"spec": {"a": 1}}) == ["spec.a: Invalid value: 1: failed rule: self > 1"]


def test_when_the_budget_is_used_up_nothing_more_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_evaluation, "BUDGET", 5)
    schema = spec(
        a=ruled(_INTEGER, {"rule": "self > 5"}, {"rule": "self > 6"}), b=ruled(_INTEGER, {"rule": "self > 7"})
    )
    out = "validation failed due to running out of cost budget, no further validation rules will be run"
    assert found(schema, {"spec": {"a": 1, "b": 1}}) == [
        "spec.a: Invalid value: 1: failed rule: self > 5",
        "spec.a: Invalid value: 1: failed rule: self > 6",
        f'spec.b: Invalid value: "integer": {out}',
    ]


def test_a_schema_is_compiled_once() -> None:
    schema = spec(a=ruled(_INTEGER, {"rule": "self > 1"}))
    assert compiled_rules(schema) is compiled_rules(schema)
    assert compiled_rules(copy.deepcopy(schema)) is not compiled_rules(schema)
    assert compiled_rules(spec(a=_INTEGER)) is None


_LONG = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"rule": "self.b"}, "compilation failed: ERROR: <input>:1:5: undefined field 'b'"),
        ({"rule": "self.a"}, "cel expression must evaluate to a bool"),
        ({"rule": "self.a > 1", "messageExpression": "1"}, "messageExpression must evaluate to a string"),
        (
            {"rule": "self.a > 1", "messageExpression": " "},
            "messageExpression must be non-empty if specified",
        ),
        ({"rule": "self.a > 1", "message": "a\nb"}, "must not contain line breaks"),
        ({"rule": "self.a >\n1"}, "message must be specified if rule contains line breaks"),
        ({"rule": "self.a > 1", "fieldPath": ".b"}, "must be a valid path"),
        ({"rule": "self.a > 1", "optionalOldSelf": True}, "may not be set if oldSelf is not used in rule"),
        (
            {"rule": "'x'.find('(') == ''"},
            "program instantiation failed: error parsing regexp: missing closing )",
        ),
    ],
)
def test_rules_that_are_wrong(rule: dict[str, Any], said: str) -> None:
    schema = spec(a=_INTEGER)
    schema["properties"]["spec"] = ruled(schema["properties"]["spec"], rule)
    [message] = wrong(schema)
    assert said in message


def test_rules_that_may_cost_too_much() -> None:
    schema = spec(names=ruled(_LONG, {"rule": "self.all(x, self.all(y, x == y))"}))
    rule = "s.properties[spec].properties[names].x-kubernetes-validations[0].rule"
    advice = "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where"
    messages = wrong(schema)
    assert messages[0].startswith(
        f"{rule}: Forbidden: estimated rule cost exceeds budget by factor of more than 100x"
    )
    assert messages[1] == (
        f"{rule}: Forbidden: contributed to estimated rule cost total exceeding cost limit "
        "for entire OpenAPIv3 schema"
    )
    assert messages[2].startswith("s: Forbidden: x-kubernetes-validations estimated rule cost total")
    assert advice in messages[2]
    bounded = copy.deepcopy(schema)
    names = bounded["properties"]["spec"]["properties"]["names"]
    names["maxItems"], names["items"] = 100, {"type": "string", "maxLength": 100}
    assert wrong(bounded) == []


def test_a_schema_that_does_not_change_keeps_its_dear_rules() -> None:
    few = {"type": "array", "maxItems": 250, "items": {"type": "string"}}
    schema = spec(names=ruled(few, {"rule": "self.all(x, x == 'a' || x.contains('b'))"}))
    assert len(wrong(schema)) == 1
    assert schema_causes(schema, "s", has_status=False, unchanged=True) == []


def test_old_self_means_nothing_inside_of_lists_without_keys() -> None:
    items = ruled({"type": "string", "maxLength": 5}, {"rule": "self == oldSelf"})
    schema = spec(names={"type": "array", "maxItems": 5, "items": items})
    [message] = wrong(schema)
    assert message.endswith(
        'Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion '
        "of the schema within s.properties[spec].properties[names]"
    )


_PATHS = {"properties": {"a": _INTEGER, "m": {"type": "object", "additionalProperties": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("text", "path"),
    [(".a", "a"), (".m['x y']", "m[x y]"), (".m.key", "m[key]"), ("['a']", "a"), (".m['it\\'s']", "m[it's]")],
)
def test_paths_to_fields(text: str, path: str) -> None:
    assert field_path(text, _PATHS)[0] == path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (".b", "does not refer to a valid field"),
        (".a.b", "does not refer to a valid field"),
        ("a", r"expected \[ or . but got: a"),
        (".m['x", "expected single quoted string but got 'x"),
        (".m['x'", "unexpected end of JSON path"),
        (".m['x'.", "expected ] but got ."),
        (".m['\\q']", r"invalid string literal: invalid escape char \\q"),
    ],
)
def test_paths_to_nothing(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        field_path(text, _PATHS)
