"""Custom resources: the recorded boats, the status endpoint, scale, sets and maps, embedded resources."""

import copy
from typing import Any

import pytest

from insideout import records
from insideout.apiserver import crd as crds
from insideout.apiserver.crd import embedded, list_types
from insideout.apiserver.crd.definition import STRATEGY
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.decode import normalize
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError, invalid

Object = dict[str, Any]
DEFINITIONS = next(each for each in Registry() if each.kind == "CustomResourceDefinition")


def boats(body: Object) -> Kind:
    """Return the kind that a definition brings once it is established."""
    crd, _ = normalize(DEFINITIONS, copy.deepcopy(body))
    STRATEGY.defaults(crd)
    STRATEGY.on_create(crd)
    crd["status"] = crds.accept_names(crd, [], "t")
    crd["status"] = crds.establish(crd, "t")
    [kind] = crds.kinds_of(crd)
    return kind


def test_recorded_boats() -> None:
    """The recorded boats are shaped or refused as recorded."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "crd")
    answers = {number: (code, body) for number, code, body in scenario["want"]}
    kind = boats(scenario["steps"][1]["b"])
    strategy = crds.strategy_of(kind)
    good = copy.deepcopy(scenario["steps"][3]["b"])
    assert crds.shape_resource(kind, good) == ['unknown field "spec.extra"']
    assert good["spec"] == answers[3][1]["spec"]
    for number in (4, 5, 6):
        boat = copy.deepcopy(scenario["steps"][number]["b"])
        crds.shape_resource(kind, boat)
        boat["metadata"]["namespace"] = "n"
        causes = strategy.create_rules(boat)
        expected = answers[number][1]["details"]["causes"]
        assert invalid(kind, "c", causes).status["details"]["causes"] == expected


SCALED = {
    "name": "v1",
    "schema": {
        "openAPIV3Schema": {
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": {"n": {"type": "integer"}}},
                "status": {"type": "object", "properties": {"n": {"type": "integer", "maximum": 5}}},
            },
        }
    },
    "subresources": {
        "scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"},
        "status": {},
    },
}


def test_replicas_are_not_negative() -> None:
    """What the scale subresource shows must be a number of replicas."""
    kind = Kind("e.com", "v1", "Boat", "boats", "boat", definition=SCALED)
    boat = {
        "apiVersion": "e.com/v1",
        "kind": "Boat",
        "metadata": {"name": "a", "namespace": "n"},
        "spec": {"n": -1},
    }
    [cause] = crds.strategy_of(kind).create_rules(boat)
    assert (cause.field, cause.message) == (".spec.n", "Invalid value: -1: should be a non-negative integer")


def test_a_status_is_checked_by_its_own_schema() -> None:
    """A write of the status looks only at the status."""
    kind = Kind("e.com", "v1", "Boat", "boats", "boat", definition=SCALED)
    strategy = crds.strategy_of(kind)
    [cause] = strategy.validate_status({"spec": {"n": "x"}, "status": {"n": 7}}, {"status": {}})
    assert cause.field == "status.n"
    assert cause.message == "Invalid value: 7: n in body should be less than or equal to 5"


def test_sets_and_maps_have_no_element_twice() -> None:
    """A repeated element of a set or map is named once, where it comes the second time."""
    schema: Object = {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "x-kubernetes-list-type": "set"},
            "crew": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
            },
        },
    }
    value = {"tags": ["a", "b", "a", "a"], "crew": [{"name": "x", "age": 1}, {"name": "x", "age": 2}]}
    assert [(cause.field, cause.message) for cause in list_types.causes_of(schema, value)] == [
        ("crew[1]", 'Duplicate value: {"name":"x"}'),
        ("tags[2]", 'Duplicate value: "a"'),
    ]


def test_an_embedded_resource_says_what_it_is() -> None:
    """An embedded resource needs apiVersion and kind, and its metadata follows the usual rules."""
    schema = {
        "type": "object",
        "properties": {"pod": {"type": "object", "x-kubernetes-embedded-resource": True}},
    }
    found = embedded.causes_of(
        schema, {"pod": {"kind": "no kind", "metadata": {"name": "a", "labels": {"-": ""}}}}
    )
    assert [cause.field for cause in found] == ["pod.apiVersion", "pod.kind", "pod.metadata.labels"]


def test_a_custom_resource_says_its_version_and_nothing_is_filled_in() -> None:
    """Unlike a built-in kind, whose version is that of the URL where none is said."""
    kind = Kind("e.com", "v1", "Boat", "boats", "boat", definition=SCALED)
    with pytest.raises(StatusError, match=r"version in the data \(\) does not match .* \(e\.com/v1\)"):
        normalize(kind, {"kind": "Boat", "metadata": {"name": "b"}})
    with pytest.raises(StatusError, match=r"data \(e\.com/v2\) does not match"):
        normalize(kind, {"apiVersion": "e.com/v2", "kind": "Boat", "metadata": {"name": "b"}})
    boat, _ = normalize(kind, {"apiVersion": "e.com/v1", "kind": "Boat", "metadata": {"name": "b"}})
    assert boat["apiVersion"] == "e.com/v1"
