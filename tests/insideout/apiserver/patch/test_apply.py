"""Server-side apply: who owns what after each step, what is pruned, what conflicts, and the refusals."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout import records
from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch.apply import LAST_APPLIED, server_side_apply
from insideout.apiserver.patch.field_set import paths, printed
from insideout.apiserver.patch.managed_fields import record_update
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError

REGISTRY = Registry()
NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
Object = dict[str, Any]


def kind(resource: str) -> Kind:
    """Return the kind that kubectl would call `resource`."""
    found = REGISTRY.named(resource)
    assert found is not None
    return found


def config_map(data: Any = None, **metadata: Any) -> Object:
    """Return a ConfigMap as a client would apply it."""
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", **metadata}}
    return obj if data is None else {**obj, "data": data}


def pod(*containers: Object, **spec: Any) -> Object:
    """Return a Pod as a client would apply it."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": list(containers), **spec},
    }


def apply(
    live: Object | None, applied: Object, manager: str, *, force: bool = False, time: str = NOW
) -> Object:
    """Apply as the server would to a ConfigMap or Pod."""
    served = kind("pods" if applied["kind"] == "Pod" else "configmaps")
    return server_side_apply(served, live, applied, manager, force, "", time)


def update(live: Object, new: Object, manager: str, subresource: str = "") -> Object:
    """Replace `live` by `new` as the server would."""
    served = kind("pods" if new["kind"] == "Pod" else "configmaps")
    entries = record_update(served, new, live, manager, "Update", subresource, LATER)
    return {**new, "metadata": {**new["metadata"], "managedFields": entries}}


def owners(obj: Object) -> dict[str, list[str]]:
    """Return the paths that each manager owns."""
    return {
        each["manager"]: [printed(path) for path in paths(each["fieldsV1"])]
        for each in obj["metadata"].get("managedFields", [])
    }


def refusal(live: Object | None, applied: Any, manager: str = "bob") -> Object:
    """Return the Status that refuses the configuration."""
    with pytest.raises(StatusError) as refused:
        server_side_apply(kind("configmaps"), live, applied, manager, False, "", NOW)
    return refused.value.status


def test_recorded_scenario() -> None:
    """The recorded applies of two managers give the recorded data and conflict."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "apply")
    live: Object | None = None
    for step, (_number, code, body) in list(zip(scenario["steps"], scenario["want"], strict=True))[:5]:
        force = step["q"].get("force") == "true"
        if code == 409:
            assert refusal(live, step["b"], step["q"]["fieldManager"]) == body
        else:
            live = apply(live, step["b"], step["q"]["fieldManager"], force=force)
            assert live["data"] == body["data"]
    assert live is not None


def test_owning_is_what_was_applied() -> None:
    """A manager owns the fields of its configuration, not the object's name."""
    live = apply(None, config_map({"x": "1"}, labels={"app": "web"}), "alice")
    assert owners(live) == {"alice": [".data.x", ".metadata.labels.app"]}
    assert live["metadata"]["managedFields"][0]["time"] == NOW


def test_leaving_a_field_out_removes_it() -> None:
    """What a manager applied last time and leaves out now is gone."""
    live = apply(None, config_map({"x": "1", "y": "2"}), "alice")
    assert apply(live, config_map({"x": "1"}), "alice")["data"] == {"x": "1"}


def test_leaving_out_a_shared_field_keeps_it() -> None:
    """A field that somebody else applied too stays, and is theirs alone."""
    live = apply(None, config_map({"x": "1", "y": "2"}), "alice")
    live = apply(live, config_map({"y": "2"}), "bob")
    live = apply(live, config_map({"x": "1"}), "alice")
    assert live["data"] == {"x": "1", "y": "2"}
    assert owners(live) == {"alice": [".data.x"], "bob": [".data.y"]}


def test_an_update_takes_fields_over() -> None:
    """After an update changes a field, the applier no longer owns it and meets a conflict."""
    live = apply(None, config_map({"x": "1"}), "alice")
    live = update(live, {**copy.deepcopy(live), "data": {"x": "2"}}, "editor")
    assert owners(live) == {"editor": [".data.x"]}
    status = refusal(live, config_map({"x": "3"}), "alice")
    assert status["message"] == 'Apply failed with 1 conflict: conflict with "editor" using v1: .data.x'


def test_several_conflicts_are_listed_by_manager() -> None:
    """The message groups the fields by their managers; each has its cause."""
    live = apply(None, config_map({"x": "1", "y": "1"}), "alice")
    live = apply(live, config_map({"z": "1"}), "zoe")
    status = refusal(live, config_map({"x": "2", "y": "2", "z": "2"}))
    assert status["message"] == (
        'Apply failed with 3 conflicts: conflicts with "alice":\n- .data.x\n- .data.y\n'
        'conflicts with "zoe":\n- .data.z'
    )
    assert [each["field"] for each in status["details"]["causes"]] == [".data.x", ".data.y", ".data.z"]


def test_the_same_value_is_shared_without_conflict() -> None:
    """Two managers that agree both own the field; then neither changes it alone."""
    live = apply(None, config_map({"x": "1"}), "alice")
    live = apply(live, config_map({"x": "1"}), "bob")
    assert owners(live) == {"alice": [".data.x"], "bob": [".data.x"]}
    assert refusal(live, config_map({"x": "2"}))["reason"] == "Conflict"


def test_force_takes_the_field() -> None:
    """With force the field changes and the other manager loses it."""
    live = apply(None, config_map({"x": "1", "y": "1"}), "alice")
    live = apply(live, config_map({"x": "2"}), "bob", force=True)
    assert owners(live) == {"alice": [".data.y"], "bob": [".data.x"]}


def test_applying_again_changes_nothing() -> None:
    """The same configuration applied later leaves even the time as it was."""
    live = apply(None, config_map({"x": "1"}), "alice")
    assert apply(live, config_map({"x": "1"}), "alice", time=LATER) == live


def test_an_untracked_object_is_owned_by_before_first_apply() -> None:
    """Fields of an object without bookkeeping are taken to be set by an update before the first apply."""
    live = {**config_map({"x": "1"}), "metadata": {"name": "a", "uid": "u"}}
    status = refusal(live, config_map({"x": "2"}))
    assert 'conflict with "before-first-apply" using v1: .data.x' in status["message"]


def test_list_elements_have_owners_of_their_own() -> None:
    """Each manager owns its container; leaving it out removes that one only."""
    live = apply(None, pod({"name": "a", "image": "a:1"}), "alice")
    live = apply(live, pod({"name": "b", "image": "b:1"}), "bob")
    assert [each["name"] for each in live["spec"]["containers"]] == ["a", "b"]
    assert owners(live)["bob"] == [
        '.spec.containers[name="b"]',
        '.spec.containers[name="b"].image',
        '.spec.containers[name="b"].name',
    ]
    live = apply(live, pod({"name": "c", "image": "c:1"}), "bob")
    assert [each["name"] for each in live["spec"]["containers"]] == ["a", "c"]


def test_the_applied_order_wins() -> None:
    """Elements that the configuration names come in its order."""
    live = apply(None, pod({"name": "a"}, {"name": "b"}, {"name": "c"}), "alice")
    live = apply(live, pod({"name": "c"}, {"name": "a"}), "bob")
    assert [each["name"] for each in live["spec"]["containers"]] == ["b", "c", "a"]


def test_a_default_of_a_key_identifies_the_element() -> None:
    """A port without a protocol is the TCP port, and UDP beside it is another element."""
    live = apply(None, pod({"name": "a", "ports": [{"containerPort": 53}]}), "alice")
    live = apply(
        live, pod({"name": "a", "ports": [{"containerPort": 53, "protocol": "UDP"}]}), "bob", force=True
    )
    assert len(live["spec"]["containers"][0]["ports"]) == 2
    assert '.spec.containers[name="a"].ports[containerPort=53,protocol="TCP"]' in owners(live)["alice"]


def test_an_atomic_list_has_one_owner() -> None:
    """Tolerations are one field: another manager's list is a conflict."""
    live = apply(None, pod({"name": "a"}, tolerations=[{"key": "x"}]), "alice")
    with pytest.raises(StatusError) as refused:
        apply(live, pod({"name": "a"}, tolerations=[{"key": "y"}]), "bob")
    assert refused.value.status["message"].endswith('conflict with "alice": .spec.tolerations')


def test_status_is_not_owned_through_the_main_endpoint() -> None:
    """A status in an ordinary apply is ignored, so nobody comes to own it."""
    live = apply(None, {**pod({"name": "a"}), "status": {"phase": "Running"}}, "alice")
    assert all(".status" not in path for path in owners(live)["alice"])


def test_each_subresource_has_its_own_entry() -> None:
    """The same program writing the object and its status has two entries."""
    live = apply(None, pod({"name": "a"}), "kubelet")
    live = update(live, {**live, "status": {"phase": "Running"}}, "kubelet", "status")
    entries = live["metadata"]["managedFields"]
    assert [(each["operation"], each.get("subresource")) for each in entries] == [
        ("Apply", None),
        ("Update", "status"),
    ]
    assert entries[1]["fieldsV1"] == {"f:status": {"f:phase": {}}}


def test_kubectl_takes_over_from_client_side_apply() -> None:
    """What the last-applied annotation shows is kubectl's own, and the annotation is brought up to date."""
    annotations = {LAST_APPLIED: json.dumps(config_map({"x": "1"}))}
    created = config_map({"x": "1", "y": "1"}, annotations=annotations)
    entries = record_update(kind("cm"), created, None, "kubectl-client-side-apply", "Update", "", NOW)
    live = {**created, "metadata": {**created["metadata"], "managedFields": entries}}
    assert refusal(live, config_map({"x": "2"}))["reason"] == "Conflict"
    taken = apply(live, config_map({"x": "2"}), "kubectl")
    assert json.loads(taken["metadata"]["annotations"][LAST_APPLIED])["data"] == {"x": "2"}
    assert refusal(live, config_map({"y": "2"}), "kubectl")["details"]["causes"][0]["field"] == ".data.y"


REFUSALS: dict[str, tuple[Any, int, str]] = {
    "a list": (
        [],
        400,
        "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array "
        "into Go value of type map[string]interface {}",
    ),
    "nothing": (None, 400, "invalid object type: /, Kind="),
    "another kind": (
        {"apiVersion": "v1", "kind": "Secret"},
        400,
        "invalid object type: /v1, Kind=Secret",
    ),
    "another version": (
        {"apiVersion": "apps/v1", "kind": "ConfigMap"},
        400,
        "invalid object type: apps/v1, Kind=ConfigMap",
    ),
    "bookkeeping": (config_map(managedFields=[]), 400, "metadata.managedFields must be nil"),
    "the uid of nothing": (
        config_map(uid="u"),
        409,
        'Operation cannot be fulfilled on configmaps "a": uid mismatch: the provided object specified uid u, '
        "and no existing object was found",
    ),
    "unknown field": (
        {**config_map(), "colour": "red"},
        500,
        "failed to create typed patch object (/a; /v1, Kind=ConfigMap): "
        ".colour: field not declared in schema",
    ),
    "wrong type": (
        config_map({"x": 1}),
        500,
        "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .data.x: expected string, got "
        "&value.valueUnstructured{Value:1}",
    ),
    "two wrong types": (
        config_map([1], namespace=7),
        500,
        "failed to create typed patch object (7/a; /v1, Kind=ConfigMap): errors:\n"
        "  .data: expected map, got &{[1]}\n"
        "  .metadata.namespace: expected string, got &value.valueUnstructured{Value:7}",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(name: str) -> None:
    """What is no configuration of the kind is refused in upstream's words."""
    applied, code, message = REFUSALS[name]
    status = refusal(None, applied)
    assert (status["code"], status["message"]) == (code, message)


@pytest.mark.parametrize(
    ("containers", "problem"),
    [
        ([{"name": "a"}, {"name": "a"}], '.spec.containers: duplicate entries for key [name="a"]'),
        (["x"], ".spec.containers: element 0: associative list with keys may not have non-map elements"),
    ],
)
def test_lists_that_cannot_be_told_apart_are_refused(containers: list[Any], problem: str) -> None:
    """Every element of a map list needs a key of its own."""
    with pytest.raises(StatusError) as refused:
        apply(None, pod(*containers), "alice")
    assert (
        refused.value.status["message"]
        == f"failed to create typed patch object (/p; /v1, Kind=Pod): {problem}"
    )


def test_custom_resources_follow_their_schema() -> None:
    """In a custom resource x-kubernetes-list-type says which list has keys."""
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "crew": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                    },
                    "log": {"type": "array", "items": {"type": "string"}},
                },
            }
        },
    }
    boat = Kind("e.com", "v1", "Boat", "boats", "boat", definition={"schema": {"openAPIV3Schema": schema}})

    def applied(spec: Object) -> Object:
        return {"apiVersion": "e.com/v1", "kind": "Boat", "metadata": {"name": "b"}, "spec": spec}

    live = server_side_apply(
        boat, None, applied({"crew": [{"name": "ann"}], "log": ["a"]}), "one", False, "", NOW
    )
    live = server_side_apply(boat, live, applied({"crew": [{"name": "bo"}]}), "two", False, "", NOW)
    assert [each["name"] for each in live["spec"]["crew"]] == ["ann", "bo"]
    with pytest.raises(StatusError) as refused:
        server_side_apply(boat, live, applied({"log": ["b"]}), "two", False, "", NOW)
    assert refused.value.status["details"]["causes"][0]["field"] == ".spec.log"


NAMES = st.sampled_from("abc")
DATA = st.dictionaries(NAMES, st.sampled_from("12"), min_size=1, max_size=3)
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES}, optional={"image": st.sampled_from("12"), "command": st.just(["x"])}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each["name"],
)
CONFIGURATIONS = st.builds(
    lambda containers, labels: {**pod(*containers), "metadata": {"name": "p", "labels": labels}},
    CONTAINERS,
    DATA,
)


@given(CONFIGURATIONS, CONFIGURATIONS, CONFIGURATIONS)
def test_what_a_manager_applied_is_there_and_its_own(first: Object, second: Object, third: Object) -> None:
    """After a forced apply the configuration holds, is owned, and applying it again is no change."""
    live = apply(None, first, "alice")
    live = apply(live, second, "bob", force=True)
    live = apply(live, third, "alice", force=True)
    for name, text in third["metadata"]["labels"].items():
        assert live["metadata"]["labels"][name] == text
        assert f".metadata.labels.{name}" in owners(live)["alice"]
    for container in third["spec"]["containers"]:
        found = next(each for each in live["spec"]["containers"] if each["name"] == container["name"])
        assert container.items() <= found.items()
    assert apply(live, third, "alice", time=LATER) == live


@given(CONFIGURATIONS, CONFIGURATIONS, CONFIGURATIONS)
def test_without_force_nobody_loses_a_field(first: Object, second: Object, third: Object) -> None:
    """Whatever two managers apply without force, each keeps what it applied last, with its value."""
    live: Object | None = None
    held: dict[str, Object] = {}
    reasons: set[str] = set()
    for manager, configuration in (("alice", first), ("bob", second), ("alice", third)):
        try:
            live = apply(live, configuration, manager)
        except StatusError as refused:
            reasons.add(refused.reason)
            continue
        held[manager] = configuration
        for configured in held.values():
            assert configured["metadata"]["labels"].items() <= (live["metadata"].get("labels") or {}).items()
    assert reasons <= {"Conflict"}


@given(CONFIGURATIONS, CONFIGURATIONS)
def test_leaving_everything_leaves_the_others_fields(first: Object, second: Object) -> None:
    """When a manager applies nothing any more, the object is as if it had never applied."""
    alone = apply(None, first, "alice")
    live = apply(alone, second, "bob", force=True)
    disputed = owners(live)["alice"] != owners(alone)["alice"] if "alice" in owners(live) else True
    left = apply(live, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}, "bob")
    assert "bob" not in owners(left)
    if not disputed:
        assert (left["metadata"].get("labels") or {}) == first["metadata"]["labels"]
        assert {each["name"] for each in left["spec"].get("containers") or []} == {
            each["name"] for each in first["spec"]["containers"]
        }
