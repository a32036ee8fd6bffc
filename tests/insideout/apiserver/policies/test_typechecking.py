"""What a policy's expressions are warned of once their objects have types; the texts are a real one's."""

from typing import Any

import pytest

from insideout.apiserver.cel import reading
from insideout.apiserver.kinds import BUILT_IN, Kind
from insideout.apiserver.policies.typechecking import kinds_named_by, warnings_of

pytestmark = pytest.mark.skipif(not reading.installed(), reason=reading.MISSING)
Object = dict[str, Any]
DEPLOYMENTS = {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments"]}
PODS = {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "size": {"type": "integer"},
                "port": {"x-kubernetes-int-or-string": True},
                "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        }
    },
}
WIDGET = Kind(
    "example.com", "v1", "Widget", "widgets", "widget", definition={"schema": {"openAPIV3Schema": SCHEMA}}
)


def spec_of(*expressions: str, rules: Object = DEPLOYMENTS, **more: Any) -> Object:
    validations = [{"expression": each} for each in expressions]
    return {"matchConstraints": {"resourceRules": [rules]}, "validations": validations, **more}


def found(spec: Object) -> list[tuple[str, str]]:
    return [(each["fieldRef"], each["warning"]) for each in warnings_of(spec, [*BUILT_IN, WIDGET], 7)]


def said(expression: str, **more: Any) -> list[str]:
    """Return what is said of one expression, without the lines that show where."""
    warnings = [warning for _, warning in found(spec_of(expression, **more))]
    return [line for text in warnings for line in text.splitlines() if line and not line.startswith(" | ")]


def test_an_undefined_field_is_told_with_its_place() -> None:
    assert found(spec_of("object.spec.replicsa > 1", "object.spec.replicas > 1")) == [
        (
            "spec.validations[0].expression",
            "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replicsa'\n"
            " | object.spec.replicsa > 1\n | ...........^\n",
        )
    ]


def test_a_message_is_checked_too() -> None:
    validation = {"expression": "object.spec.replicas > 1", "messageExpression": "object.spec.nothing + 'x'"}
    spec = {**spec_of(), "validations": [validation]}
    assert [where for where, _ in found(spec)] == ["spec.validations[0].messageExpression"]


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("object.spec.replicas > '1'", "found no matching overload for '_>_' applied to '(int, string)'"),
        ("oldObject.spec.nope == 1", "undefined field 'nope'"),
        (
            "authorizer.requestResource.check('get').allowed()",
            "unexpected failed resolution of 'kubernetes.authorization.Authorizer'",
        ),
        ("object == 1", "found no matching overload for '_==_' applied to '(Deployment7, int)'"),
        ("has(object.spec.template.spec.containers[0].resources.limits)", "undefined field 'limits'"),
    ],
)
def test_what_is_wrong(expression: str, wrong: str) -> None:
    """Quantities have no one type in the schema, so that fields with them are not there for expressions."""
    (line,) = said(expression)
    assert line.partition(": ERROR: ")[2].partition(": ")[2] == wrong


@pytest.mark.parametrize(
    "expression",
    [
        "object.spec.replicas > 1",
        "object.metadata.namespace == request.namespace",
        "object.metadata.creationTimestamp > timestamp('2020-01-01T00:00:00Z')",
        "[object.spec.strategy.rollingUpdate].all(r, r.maxSurge == 1 || r.maxSurge == '1')",
        "namespaceObject.metadata.labels['a'] == 'b'",
        "authorizer.group('').resource('pods').check('get').allowed()",
    ],
)
def test_what_is_right(expression: str) -> None:
    assert said(expression) == []


def test_each_kind_that_a_rule_names_is_checked() -> None:
    """The core group has no name, and without one all groups are looked through."""
    both = spec_of("object.nope == 1", rules={**PODS, "resources": ["events"]})
    ((_, warning),) = found(both)
    assert warning.count("undefined field 'nope'") == 2
    assert warning.startswith("/v1, Kind=Event: ")
    assert "^\n\nevents.k8s.io/v1, Kind=Event: " in warning
    rules = {"apiGroups": ["apps", ""], "apiVersions": ["v1"], "resources": ["deployments", "pods"]}
    assert said("object.spec.replicas > 1", rules=rules) == [
        "/v1, Kind=Pod: ERROR: <input>:1:12: undefined field 'replicas'"
    ]


def test_ten_kinds_at_most() -> None:
    everything = sorted({kind.plural for kind in BUILT_IN if kind.version == "v1"})
    rules = {"apiGroups": [""], "apiVersions": ["v1"], "resources": everything}
    assert len(everything) > 10
    assert len(kinds_named_by(spec_of(rules=rules), BUILT_IN)) == 10


@pytest.mark.parametrize(
    "change",
    [
        {"apiGroups": ["*"]},
        {"apiVersions": ["*"]},
        {"resources": ["*"]},
        {"resources": ["deployments/scale"]},
    ],
)
def test_wildcards_and_subresources_are_not_checked(change: Object) -> None:
    assert said("object.nope == 1", rules=DEPLOYMENTS | change) == []


def test_variables_have_the_types_of_their_expressions() -> None:
    variables = [
        {"name": "n", "expression": "object.spec.replicas"},
        {"name": "bad", "expression": "object.spec.bad"},
    ]
    assert said("variables.n > 1", variables=variables) == []
    assert len(said("variables.n == 'x'", variables=variables)) == 1
    assert said("variables.bad == 1", variables=variables) == []


def test_parameters_of_a_kind_that_is_there_have_a_type() -> None:
    given = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert said("object.spec.replicas <= int(params.data['max'])", paramKind=given) == []
    assert len(said("params.nope == 1", paramKind=given)) == 1
    assert said("params.nope == 1", paramKind={"apiVersion": "example.com/v1", "kind": "Nope"}) == []


def test_custom_kinds_are_checked() -> None:
    rules = {"apiGroups": ["example.com"], "apiVersions": ["v1"], "resources": ["widgets"]}
    assert said("object.spec.size > 1 && object.metadata.labels['a'] == 'b'", rules=rules) == []
    assert said("object.spec.port == 80 || object.spec.port == 'http'", rules=rules) == []
    (nope,) = said("object.spec.nope == 1", rules=rules)
    assert nope == "example.com/v1, Kind=Widget: ERROR: <input>:1:12: undefined field 'nope'"
    assert len(said("object.spec.any.x == 1", rules=rules)) == 1


def test_a_schema_inside_of_itself_ends_there() -> None:
    rules = {
        "apiGroups": ["apiextensions.k8s.io"],
        "apiVersions": ["v1"],
        "resources": ["customresourcedefinitions"],
    }
    top = "object.spec.versions[0].schema.openAPIV3Schema"
    assert said(f"{top}.type == 'object'", rules=rules) == []
    assert len(said(f"{top}.properties['spec'].type == 'object'", rules=rules)) == 1
