"""Strategic merge patch: lists that merge by key, directives, order, and the errors upstream answers with."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout import records
from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch.strategic import apply_strategic_merge_patch
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError

REGISTRY = Registry()


def kind(resource: str) -> Kind:
    """Return the kind that kubectl would call `resource`."""
    found = REGISTRY.named(resource)
    assert found is not None
    return found


POD = {
    "metadata": {"finalizers": ["a", "b"], "labels": {"app": "x", "tier": "y"}},
    "spec": {
        "containers": [
            {"name": "a", "image": "a:1", "command": ["run", "fast"], "env": [{"name": "E", "value": "1"}]},
            {"name": "b", "image": "b:1", "ports": [{"containerPort": 80, "protocol": "TCP"}]},
        ],
        "tolerations": [{"key": "k", "operator": "Exists"}],
        "volumes": [{"name": "v", "configMap": {"name": "c"}}, {"name": "w", "emptyDir": {}}],
    },
}

Case = tuple[dict[str, Any], list[Any], Any]
MERGES: dict[str, Case] = {
    "a container by name": (
        {"spec": {"containers": [{"name": "b", "image": "b:2"}]}},
        ["spec", "containers", 1],
        {"name": "b", "image": "b:2", "ports": [{"containerPort": 80, "protocol": "TCP"}]},
    ),
    "a list inside a list": (
        {"spec": {"containers": [{"name": "a", "env": [{"name": "F", "value": "2"}]}]}},
        ["spec", "containers", 0, "env"],
        [{"name": "F", "value": "2"}, {"name": "E", "value": "1"}],
    ),
    "a new container comes first": (
        {"spec": {"containers": [{"name": "c"}]}},
        ["spec", "containers", 0],
        {"name": "c"},
    ),
    "an atomic list is replaced": (
        {"spec": {"containers": [{"name": "a", "command": ["stop"]}]}},
        ["spec", "containers", 0, "command"],
        ["stop"],
    ),
    "an atomic list of objects is replaced": (
        {"spec": {"tolerations": [{"key": "other"}]}},
        ["spec", "tolerations"],
        [{"key": "other"}],
    ),
    "null deletes": ({"metadata": {"labels": {"tier": None}}}, ["metadata", "labels"], {"app": "x"}),
    "nulls in something new": (
        {"spec": {"securityContext": {"runAsUser": None}}},
        ["spec", "securityContext"],
        {},
    ),
    "delete an element": (
        {"spec": {"volumes": [{"name": "v", "$patch": "delete"}]}},
        ["spec", "volumes"],
        [{"name": "w", "emptyDir": {}}],
    ),
    "delete an element that is not there": (
        {"spec": {"initContainers": [{"name": "v", "$patch": "delete"}]}},
        ["spec", "initContainers"],
        [],
    ),
    "replace a list": (
        {"spec": {"volumes": [{"$patch": "replace"}, {"name": "n", "emptyDir": {}}]}},
        ["spec", "volumes"],
        [{"name": "n", "emptyDir": {}}],
    ),
    "replace an object": (
        {"metadata": {"labels": {"$patch": "replace", "only": "this"}}},
        ["metadata", "labels"],
        {"only": "this"},
    ),
    "empty an object": ({"metadata": {"labels": {"$patch": "delete"}}}, ["metadata", "labels"], {}),
    "a list of scalars is united": (
        {"metadata": {"finalizers": ["b", "c"]}},
        ["metadata", "finalizers"],
        ["a", "b", "c"],
    ),
    "delete from a list of scalars": (
        {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a", "none"]}},
        ["metadata", "finalizers"],
        ["b"],
    ),
    "order": (
        {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}},
        ["spec", "containers", 0, "name"],
        "b",
    ),
    "order of old and new": (
        {
            "spec": {
                "$setElementOrder/containers": [{"name": "n"}, {"name": "b"}],
                "containers": [{"name": "n"}],
            }
        },
        ["spec", "containers", 0, "name"],
        "n",
    ),
    "order of a list of scalars": (
        {"metadata": {"$setElementOrder/finalizers": ["b", "n", "a"], "finalizers": ["n"]}},
        ["metadata", "finalizers"],
        ["b", "n", "a"],
    ),
    "retain keys": (
        {"spec": {"volumes": [{"name": "v", "emptyDir": {}, "$retainKeys": ["name", "emptyDir"]}]}},
        ["spec", "volumes", 0],
        {"name": "v", "emptyDir": {}},
    ),
    "another type replaces": ({"metadata": {"labels": "x"}}, ["metadata", "labels"], "x"),
}


@pytest.mark.parametrize("name", MERGES)
def test_merges(name: str) -> None:
    """Each part of the object comes out as upstream would have it, and the input stays as it was."""
    patch, path, expected = MERGES[name]
    before = copy.deepcopy((POD, patch))
    found: Any = apply_strategic_merge_patch(kind("pods"), POD, patch)
    for part in path:
        found = found[part]
    assert found == expected
    assert before == (POD, patch)


def test_service_ports_merge_by_number_alone() -> None:
    """Strategic merge tells ports apart by number only, so UDP 53 replaces TCP 53's protocol."""
    service = {"spec": {"ports": [{"port": 53, "protocol": "TCP"}]}}
    patch = {"spec": {"ports": [{"port": 53, "protocol": "UDP"}]}}
    assert apply_strategic_merge_patch(kind("services"), service, patch)["spec"]["ports"] == [
        {"port": 53, "protocol": "UDP"}
    ]


def test_disruption_budget_selector_is_replaced() -> None:
    """Half a selector means something else, so a budget's selector is replaced as a whole."""
    budget = {"spec": {"selector": {"matchLabels": {"a": "1"}}}}
    patch = {"spec": {"selector": {"matchLabels": {"b": "2"}}}}
    assert apply_strategic_merge_patch(kind("pdb"), budget, patch) == patch


REFUSALS: dict[str, tuple[Any, int, str]] = {
    "a list": ([], 400, "json: cannot unmarshal array into Go value of type map[string]interface {}"),
    "no merge key": (
        {"spec": {"containers": [{"image": "x"}]}},
        500,
        "map: map[image:x] does not contain declared merge key: name",
    ),
    "unknown directive": (
        {"spec": {"containers": [{"name": "a", "$patch": "explode"}]}},
        500,
        "unknown patch type: explode in map: map[$patch:explode name:a]",
    ),
    "scalars among objects": (
        {"spec": {"containers": [{"name": "a"}, "b"]}},
        500,
        "list element types are not identical: [[map[command:[run fast] env:[map[name:E value:1]] image:a:1",
    ),
    "retainKeys that forget one": (
        {"spec": {"volumes": [{"name": "v", "emptyDir": {}, "$retainKeys": ["name"]}]}},
        400,
        "invalid patch format of retainKeys",
    ),
    "order without a list's name": (
        {"spec": {"$setElementOrder": [{"name": "a"}]}},
        400,
        "invalid patch format of setElementOrder list",
    ),
    "delete list without a list's name": (
        {"metadata": {"$deleteFromPrimitiveList": ["a"]}},
        400,
        "invalid patch format of primitive list",
    ),
    "order of an unknown field": (
        {"spec": {"$setElementOrder/wheels": [{"name": "a"}]}},
        500,
        'unable to find api field in struct PodSpec for the json field "wheels"',
    ),
    "element that the order forgets": (
        {"spec": {"$setElementOrder/containers": [{"name": "a"}], "containers": [{"name": "n"}]}},
        500,
        "The order in patch list:\n[map[name:n]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(name: str) -> None:
    """Each malformed patch is refused with upstream's code and words."""
    patch, code, message = REFUSALS[name]
    with pytest.raises(StatusError) as refused:
        apply_strategic_merge_patch(kind("pods"), POD, patch)
    assert refused.value.code == code
    assert refused.value.status["message"].startswith(message)


def test_custom_resources_refuse_it() -> None:
    """A custom resource has no type that would say which lists merge, so the answer is 415."""
    boat = Kind("example.com", "v1", "Boat", "boats", "boat", definition={})
    with pytest.raises(StatusError) as refused:
        apply_strategic_merge_patch(boat, {}, {})
    assert refused.value.code == 415
    assert refused.value.status["message"].endswith(
        "application/merge-patch+json, application/apply-patch+yaml"
    )


def test_recorded_strategic_patches() -> None:
    """Recorded strategic merge patches of a Deployment give the recorded specs."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "patch")
    answers = {step: body for step, _code, body in scenario["want"]}
    played = 0
    for number, step in enumerate(scenario["steps"]):
        if step.get("t") == "application/strategic-merge-patch+json":
            patched = apply_strategic_merge_patch(kind("deployments"), answers[0], step["b"])
            expected = answers[number]["spec"]
            for container in expected["template"]["spec"]["containers"]:
                assert container in patched["spec"]["template"]["spec"]["containers"]
            assert patched["spec"] == expected
            played += 1
    assert played == 2


NAMES = st.sampled_from("abcd")
ITEM = st.fixed_dictionaries({"name": NAMES}, optional={"image": st.sampled_from(["x", "y"])})
ITEMS = st.lists(ITEM, max_size=4, unique_by=lambda each: each["name"])


@given(ITEMS, ITEMS)
def test_merging_twice_changes_no_content(live: list[Any], wanted: list[Any]) -> None:
    """What the patch names is in the patch's order; applied again, it changes at most that order."""
    patch = {"spec": {"containers": wanted}}
    once = apply_strategic_merge_patch(kind("pods"), {"spec": {"containers": live}}, patch)
    names = [each["name"] for each in once["spec"]["containers"]]
    wanted_names = [each["name"] for each in wanted]
    assert [each for each in names if each in wanted_names] == wanted_names
    twice = apply_strategic_merge_patch(kind("pods"), once, patch)
    assert sorted(once["spec"]["containers"], key=str) == sorted(twice["spec"]["containers"], key=str)


KEYS = st.sampled_from(
    [
        *(
            "spec",
            "containers",
            "metadata",
            "finalizers",
            "name",
            "labels",
            "$patch",
            "$retainKeys",
            "volumes",
        ),
        *("$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers", "$setElementOrder/volumes"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "b", "delete", "replace", "merge"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_merged_or_refused(patch: Any) -> None:
    """Whatever JSON comes, the answer is an object or a Status."""
    try:
        answer: Any = apply_strategic_merge_patch(kind("pods"), POD, patch)
    except StatusError as refused:
        answer = refused.code
    assert answer in (400, 422, 500) or isinstance(answer, dict)
