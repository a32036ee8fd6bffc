"""CustomResourceDefinitions: what is refused and how, defaults, and how names come to be accepted."""

import copy
from typing import Any

import pytest

from insideout import records
from insideout.apiserver import crd as crds
from insideout.apiserver.crd import approval
from insideout.apiserver.crd.definition import STRATEGY
from insideout.apiserver.objects.decode import normalize
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import Cause, invalid
from tests import boats
from tests.insideout.apiserver.conftest import Api

Object = dict[str, Any]
NOW = "2026-01-01T00:00:00Z"
KIND = next(each for each in Registry() if each.kind == "CustomResourceDefinition")


def definition(schema: Object | None = None, **spec: Any) -> Object:
    """Return a definition of boats, defaulted."""
    return created(boats.definition(schema, **spec))


def created(body: Object) -> Object:
    """Return a definition as it is before validation."""
    crd, _ = normalize(KIND, copy.deepcopy(body))
    STRATEGY.defaults(crd)
    STRATEGY.on_create(crd)
    return crd


def texts(causes: list[Cause]) -> list[str]:
    """Return causes as the message of the Status lists them."""
    return [f"{cause.field}: {cause.message}" for cause in causes]


def test_recorded_definitions() -> None:
    """The recorded definitions are refused, or come out, as recorded."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "crd")
    answers = {number: (code, body) for number, code, body in scenario["want"]}
    wrong = created(scenario["steps"][0]["b"])
    refused = invalid(KIND, wrong["metadata"]["name"], STRATEGY.create_rules(wrong))
    assert (refused.code, refused.status) == answers[0]
    right = created(scenario["steps"][1]["b"])
    expected = answers[1][1]
    assert (right["spec"]["names"], right["spec"]["conversion"]) == (
        expected["spec"]["names"],
        expected["spec"]["conversion"],
    )
    assert right["status"] == expected["status"]
    assert right["spec"]["versions"] == expected["spec"]["versions"]
    named = {**right, "metadata": {"name": f"boats.{right['spec']['group']}"}}
    plain = {**named, "spec": {**named["spec"], "group": "s.example.com"}}
    plain["metadata"] = {"name": "boats.s.example.com"}
    assert STRATEGY.create_rules(plain) == []


def test_recorded_conditions() -> None:
    """Accepting the names and establishing the kind leave the recorded status."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "crd")
    expected = scenario["want"][-1][2]["status"]
    crd = created(scenario["steps"][1]["b"])
    crd["status"] = crds.accept_names(crd, [], NOW)
    assert not crds.is_established(crd)
    crd["status"] = crds.establish(crd, NOW)
    assert crds.is_established(crd)
    assert crd["status"]["acceptedNames"] == expected["acceptedNames"]
    timeless = [{**each, "lastTransitionTime": "<t>"} for each in crd["status"]["conditions"]]
    assert timeless == expected["conditions"][:2]


STRING = {"type": "string"}


def in_spec(schema: Object) -> Object:
    """Return a schema with one field, spec."""
    return {"type": "object", "properties": {"spec": schema}}


SPEC = "spec.validation.openAPIV3Schema.properties[spec]"
SCHEMAS: dict[str, tuple[Object, list[str]]] = {
    "good": (in_spec({"type": "object", "properties": {"a": {"type": "string", "default": "x"}}}), []),
    "no type at the root": (
        {},
        ["spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root"],
    ),
    "another type at the root": (
        {"type": "array", "items": STRING},
        ['spec.validation.openAPIV3Schema.type: Invalid value: "array": must be object at the root'],
    ),
    "no type of a field": (
        in_spec({"properties": {"a": STRING}}),
        [f"{SPEC}.type: Required value: must not be empty for specified object fields"],
    ),
    "no type of items": (
        in_spec({"type": "array", "items": {}}),
        [f"{SPEC}.items.type: Required value: must not be empty for specified array items"],
    ),
    "an array without items": (
        in_spec({"type": "array"}),
        [f"{SPEC}.items: Required value: must be specified"],
    ),
    "unknown type": (
        in_spec({"type": "text"}),
        [
            f'{SPEC}.type: Unsupported value: "text": supported values: '
            '"array", "boolean", "integer", "number", "object", "string"'
        ],
    ),
    "a type inside anyOf": (
        in_spec({"type": "object", "anyOf": [{"type": "string"}]}),
        [f"{SPEC}.anyOf[0].type: Forbidden: must be empty to be structural"],
    ),
    "a field that only allOf knows": (
        {"type": "object", "allOf": [{"properties": {"a": {"minimum": 1}}}]},
        [
            "spec.validation.openAPIV3Schema.properties[a]: Required value: because it is defined in "
            "spec.validation.openAPIV3Schema.allOf[0].properties[a]"
        ],
    ),
    "int or string may say so in anyOf": (
        in_spec({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
        [],
    ),
    "preserving and int or string": (
        in_spec({"x-kubernetes-int-or-string": True, "x-kubernetes-preserve-unknown-fields": True}),
        [
            f"{SPEC}.x-kubernetes-preserve-unknown-fields: Invalid value: true: "
            "must be false if x-kubernetes-int-or-string is true"
        ],
    ),
    "metadata with more than a name": (
        {"type": "object", "properties": {"metadata": {"type": "object", "properties": {"labels": STRING}}}},
        [
            "spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything "
            "other than name and generateName, but metadata is implicitly specified"
        ],
    ),
    "default of another type": (
        in_spec({"type": "integer", "default": "x"}),
        [f'{SPEC}.default: Invalid value: "string":  in body must be of type integer: "string"'],
    ),
    "default with an unknown field": (
        in_spec({"type": "object", "default": {"a": 1}}),
        [f'{SPEC}.default: Invalid value: {{"a":1}}: must not have unknown fields'],
    ),
    "both properties and additionalProperties": (
        in_spec({"type": "object", "properties": {"a": STRING}, "additionalProperties": STRING}),
        [f"{SPEC}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"],
    ),
    "map without keys": (
        in_spec({"type": "array", "x-kubernetes-list-type": "map", "items": {"type": "object"}}),
        [
            f"{SPEC}.x-kubernetes-list-map-keys: Required value: "
            "must not be empty if x-kubernetes-list-type is map"
        ],
    ),
    "map whose key may be missing": (
        in_spec(
            {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "properties": {"name": STRING}},
            }
        ),
        [
            f"{SPEC}.items.properties[name].default: Required value: this property is in "
            "x-kubernetes-list-map-keys, so it must have a default or be a required property"
        ],
    ),
    "set of objects that are not atomic": (
        in_spec({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "object"}}),
        [
            f"{SPEC}.items.x-kubernetes-map-type: Invalid value: null: "
            "must be atomic as item of a list with x-kubernetes-list-type=set"
        ],
    ),
    "unique items": (
        in_spec({"type": "array", "items": STRING, "uniqueItems": True}),
        [
            f"{SPEC}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity "
            "becomes quadratic"
        ],
    ),
    "nullable root": (
        {"type": "object", "nullable": True},
        ["spec.validation.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root"],
    ),
    "a rule without text": (
        in_spec({"type": "object", "x-kubernetes-validations": [{"rule": " "}]}),
        [f"{SPEC}.x-kubernetes-validations[0].rule: Required value: rule is not specified"],
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas(name: str) -> None:
    """Each schema is accepted or refused in upstream's words."""
    schema, expected = SCHEMAS[name]
    assert texts(STRATEGY.create_rules(definition(schema))) == expected


VERSION = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
SPECS: dict[str, tuple[Object, list[str]]] = {
    "scope": (
        {"scope": "Galaxy"},
        ['spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"'],
    ),
    "no stored version": (
        {"versions": [{**VERSION, "storage": False}]},
        [
            'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,'
            '"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,'
            '"SelectableFields":null}]: must have exactly one version marked as storage version',
            "status.storedVersions: Invalid value: null: must have at least one stored version",
        ],
    ),
    "no schema": (
        {"versions": [{"name": "v1", "served": True, "storage": True}]},
        ["spec.versions[0].schema.openAPIV3Schema: Required value"],
    ),
    "bad column": (
        {
            "versions": [
                {**VERSION, "additionalPrinterColumns": [{"name": "n", "type": "text", "jsonPath": "spec"}]}
            ]
        },
        [
            'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of '
            "boolean,date,integer,number,string",
            'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path '
            "starting with .",
        ],
    ),
    "bad scale": (
        {"versions": [{**VERSION, "subresources": {"scale": {"specReplicasPath": ".status.n"}}}]},
        [
            'spec.subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path '
            "under .spec",
            "spec.subresources.scale.statusReplicasPath: Required value",
        ],
    ),
    "kind and list kind": (
        {"names": {"plural": "boats", "kind": "Boat", "listKind": "Boat"}},
        ['spec.names.listKind: Invalid value: "Boat": kind and listKind may not be the same'],
    ),
    "short name": (
        {"names": {"plural": "boats", "kind": "Boat", "shortNames": ["B"]}},
        [
            'spec.names.shortNames[0]: Invalid value: "B": a DNS-1035 label must consist of lower case '
            "alphanumeric characters or '-', start with an alphabetic character, and end with an "
            "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
            "'[a-z]([-a-z0-9]*[a-z0-9])?')"
        ],
    ),
    "webhook without address": (
        {"conversion": {"strategy": "Webhook"}},
        [
            "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
            "spec.conversion.conversionReviewVersions: Required value",
        ],
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_specs(name: str) -> None:
    """Each spec is refused in upstream's words."""
    spec, expected = SPECS[name]
    assert texts(STRATEGY.create_rules(definition(**spec))) == expected


@pytest.mark.parametrize(
    ("said", "status", "reason", "message"),
    [
        ("https://example.com/1", "True", "ApprovedAnnotation", "approved in https://example.com/1"),
        ("unapproved, mine", "False", "UnapprovedAnnotation", 'not approved: "unapproved, mine"'),
    ],
)
def test_the_approval_of_a_protected_group_is_told(said: str, status: str, reason: str, message: str) -> None:
    """As a real server's conditions have it; other groups have no such condition."""
    api, path = Api(), "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    api.ok("POST", path, boats.definition())
    protected = boats.definition(group="boats.k8s.io")
    protected["metadata"]["annotations"] = {"api-approved.kubernetes.io": said}
    api.ok("POST", path, protected)
    found = api.ok("GET", f"{path}/boats.example.com")["status"]["conditions"]
    assert [each["type"] for each in found] == ["NamesAccepted", "Established"]
    found = api.ok("GET", f"{path}/boats.boats.k8s.io")["status"]["conditions"]
    assert [each["type"] for each in found[1:]] == ["NamesAccepted", "Established"]
    del found[0]["lastTransitionTime"]
    assert found[0] == {
        "type": "KubernetesAPIApprovalPolicyConformant",
        "status": status,
        "reason": reason,
        "message": message,
    }


def test_an_approval_that_was_there_is_not_taken_back() -> None:
    """One that was missing before may go on missing."""
    without, approved = (boats.definition(group="boats.k8s.io") for _ in range(2))
    approved["metadata"]["annotations"] = {"api-approved.kubernetes.io": "https://example.com/1"}
    assert approval.causes(without, without) == approval.causes(approved, without) == []
    assert [cause.reason for cause in approval.causes(without, approved)] == ["FieldValueRequired"]


def test_protected_groups_need_approval() -> None:
    """A definition in a group of the Kubernetes project needs an annotation that says who approved it."""
    crd = definition(group="x-k8s.io.k8s.io")
    assert texts(STRATEGY.create_rules(crd)) == [
        "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have "
        'approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'
    ]
    crd["metadata"]["annotations"] = {"api-approved.kubernetes.io": "unapproved, a test"}
    assert STRATEGY.create_rules(crd) == []


def test_what_objects_depend_on_is_immutable() -> None:
    """Group and plural never change; scope and kind do not once the kind is served."""
    old = definition()
    old["status"] = crds.accept_names(old, [], NOW)
    new = copy.deepcopy(old)
    new["spec"]["scope"] = "Cluster"
    old["metadata"]["resourceVersion"] = new["metadata"]["resourceVersion"] = "1"
    assert STRATEGY.update_rules(new, old) == []
    old["status"] = crds.establish(old, NOW)
    assert texts(STRATEGY.update_rules(new, old)) == [
        'spec.scope: Invalid value: "Cluster": field is immutable'
    ]


def test_a_stored_version_may_not_go() -> None:
    """A version that has been stored stays in the definition."""
    old = definition()
    new = definition(versions=[{**VERSION, "name": "v2"}])
    old["metadata"]["resourceVersion"] = new["metadata"]["resourceVersion"] = "1"
    new["status"] = old["status"]
    STRATEGY.on_update(new, old)
    assert new["status"]["storedVersions"] == ["v1", "v2"]
    assert texts(STRATEGY.update_rules(new, old))[0].startswith(
        'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously'
    )


def test_a_taken_name_is_not_accepted() -> None:
    """A second definition with the same kind in the group is not established, and says why."""
    first = definition()
    first["status"] = crds.accept_names(first, [], NOW)
    names = {"plural": "ships", "singular": "ship", "kind": "Boat", "listKind": "ShipList"}
    second = definition(names=names)
    second["status"] = crds.accept_names(second, [first], NOW)
    conditions = {each["type"]: each for each in second["status"]["conditions"]}
    assert (conditions["NamesAccepted"]["reason"], conditions["NamesAccepted"]["message"]) == (
        "KindConflict",
        '"Boat" is already in use',
    )
    assert conditions["Established"]["reason"] == "NotAccepted"
    assert crds.establish(second, NOW) is None
    assert crds.kinds_of(second) == []


def test_served_kinds() -> None:
    """Each served version of an established definition is a kind, with its subresources."""
    scale = {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}
    versions = [
        {**VERSION, "subresources": {"status": {}, "scale": scale}},
        {**VERSION, "name": "v2", "storage": False},
        {**VERSION, "name": "v3", "storage": False, "served": False},
    ]
    crd = definition(versions=versions)
    crd["status"] = crds.accept_names(crd, [], NOW)
    crd["status"] = crds.establish(crd, NOW)
    kinds = crds.kinds_of(crd)
    assert set(kinds[1].versions) == {"example.com/v1", "example.com/v2", "example.com/v3"}
    assert [(each.api_version, each.kind, each.plural) for each in kinds] == [
        ("example.com/v1", "Boat", "boats"),
        ("example.com/v2", "Boat", "boats"),
    ]
    assert [each.name for each in kinds[0].subresources] == ["status", "scale"]
    assert kinds[1].subresources == ()
