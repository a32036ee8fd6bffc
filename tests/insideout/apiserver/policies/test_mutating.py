"""Mutating policies change what meets them, in turn, and refuse what they cannot change."""

from typing import Any

import pytest

from tests.insideout.apiserver.conftest import Api

Object = dict[str, Any]
GROUP = "/apis/admissionregistration.k8s.io/v1"
POLICIES, BINDINGS = f"{GROUP}/mutatingadmissionpolicies", f"{GROUP}/mutatingadmissionpolicybindings"
MADE_BY = "Object{metadata: Object.metadata{annotations: {'made-by': 'policy'}}}"


def mutation(expression: str, *, is_patch: bool = False) -> Object:
    if is_patch:
        return {"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}
    return {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}


def patch(expression: str) -> Object:
    return mutation(f"[JSONPatch{{{expression}}}]", is_patch=True)


def policy(*mutations: Object, name: str = "p", **spec: Any) -> Object:
    rule = {
        "apiGroups": ["", "apps"],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["configmaps", "deployments"],
    }
    about = {"matchConstraints": {"resourceRules": [rule]}, "reinvocationPolicy": "Never"}
    return {"metadata": {"name": name}, "spec": {**about, "mutations": list(mutations), **spec}}


def bind(api: Api, *policies: Object) -> None:
    for each in policies:
        name = each["metadata"]["name"]
        api.ok("POST", POLICIES, each)
        api.ok("POST", BINDINGS, {"metadata": {"name": f"{name}-b"}, "spec": {"policyName": name}})


def created(api: Api, **data: str) -> Object:
    """Return a new ConfigMap as the policies made it."""
    made: Object = api.ok("POST", "configmaps", {"metadata": {"name": "c"}, "data": data})
    return made


def deployment() -> Object:
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": "d"}, "spec": spec}


def test_a_part_of_an_object_is_merged_into_it(api: Api) -> None:
    bind(api, policy(mutation(MADE_BY)))
    made = created(api, a="1")
    assert (made["metadata"]["annotations"], made["data"]) == ({"made-by": "policy"}, {"a": "1"})


def test_a_list_is_merged_by_its_keys_and_defaults_follow(api: Api) -> None:
    container = "Object.spec.template.spec.containers{name: 'proxy', image: 'p'}"
    inner = f"Object.spec.template{{spec: Object.spec.template.spec{{containers: [{container}]}}}}"
    bind(api, policy(mutation(f"Object{{spec: Object.spec{{replicas: 3, template: {inner}}}}}")))
    spec = api.ok("POST", "/apis/apps/v1/namespaces/default/deployments", deployment())["spec"]
    assert spec["replicas"] == 3
    containers = {each["name"]: each["imagePullPolicy"] for each in spec["template"]["spec"]["containers"]}
    assert containers == {"c": "Always", "proxy": "Always"}


def test_a_json_patch_may_use_variables_and_escaped_keys(api: Api) -> None:
    key = "'/metadata/annotations/' + jsonpatch.escapeKey('a.b/c')"
    given = patch(f"op: 'add', path: {key}, value: variables.twice")
    twice = {"name": "twice", "expression": "object.data.a + object.data.a"}
    bind(api, policy(mutation(MADE_BY), given, variables=[twice]))
    assert created(api, a="1")["metadata"]["annotations"] == {"made-by": "policy", "a.b/c": "11"}


def test_a_patch_whose_test_fails_changes_nothing(api: Api) -> None:
    tested = "JSONPatch{op: 'test', path: '/data/a', value: '2'}"
    added = "JSONPatch{op: 'add', path: '/data/b', value: '2'}"
    bind(api, policy(mutation(f"[{tested}, {added}]", is_patch=True)))
    assert created(api, a="1")["data"] == {"a": "1"}


def test_each_mutation_sees_what_those_before_it_made(api: Api) -> None:
    first = patch("op: 'add', path: '/data/b', value: object.data.a + '2'")
    second = patch("op: 'add', path: '/data/c', value: object.data.b + '3'")
    bind(api, policy(first, second))
    assert created(api, a="1")["data"] == {"a": "1", "b": "12", "c": "123"}


@pytest.mark.parametrize(("again", "seen"), [("Never", "1"), ("IfNeeded", "2")])
def test_a_policy_is_asked_again_about_what_came_after_it_if_it_wants(
    api: Api, again: str, seen: str
) -> None:
    counts = patch("op: 'add', path: '/data/seen', value: string(object.data.exists(k, k == 'late') ? 2 : 1)")
    late = patch("op: 'add', path: '/data/late', value: 'x'")
    bind(api, policy(counts, name="a", reinvocationPolicy=again), policy(late, name="b"))
    assert created(api, a="1")["data"]["seen"] == seen


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (mutation("Object{metadata: Object.spec{}}"), "type mismatch: unexpected type name"),
        (mutation("Object{nope: 1}"), "field not declared in schema"),
        (patch("op: 'remove', path: '/data/b'"), "JSON Patch: error in remove for path: '/data/b'"),
    ],
)
def test_what_cannot_be_done_refuses_the_request_unless_failures_are_ignored(
    api: Api, given: Object, why: str
) -> None:
    api.ok("POST", POLICIES, policy(given))
    api.ok("POST", BINDINGS, {"metadata": {"name": "b"}, "spec": {"policyName": "p"}})
    code, reason, message = api.refused("POST", "configmaps", {"metadata": {"name": "c"}, "data": {"a": "1"}})
    assert (code, reason) == (403, "Invalid")
    assert message.startswith("policy 'p' with binding 'b' denied request: ")
    assert why in message
    api.merge(f"{POLICIES}/p", {"spec": {"failurePolicy": "Ignore"}})
    assert created(api, a="1")["data"] == {"a": "1"}


def test_what_is_only_ever_set_as_a_whole_is_not_set_in_part(api: Api) -> None:
    selector = "Object.spec.selector{matchLabels: {'a': 'b'}}"
    bind(api, policy(mutation(f"Object{{spec: Object.spec{{selector: {selector}}}}}")))
    path = "/apis/apps/v1/namespaces/default/deployments"
    _, _, message = api.refused("POST", path, deployment())
    assert "may not mutate atomic arrays, maps or structs: .spec.selector" in message


def test_conditions_choose_the_requests(api: Api) -> None:
    conditions = [{"name": "n", "expression": "object.data.exists(k, k == 'please')"}]
    bind(api, policy(mutation(MADE_BY), matchConditions=conditions))
    assert "annotations" not in created(api, a="1")["metadata"]
    made = api.merge("configmaps/c", {"data": {"please": "1"}})
    assert made["metadata"]["annotations"] == {"made-by": "policy"}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"mutations": []}, "spec.mutations: Required value: mutations must contain at least one item"),
        ({"mutations": [{"patchType": "Merge"}]}, "spec.mutations[0].patchType: Unsupported value"),
        (
            {"mutations": [{"patchType": "JSONPatch"}]},
            "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch",
        ),
        ({"mutations": [mutation("{'a': 1}")]}, "must evaluate to Object but got map(string, int)"),
        (
            {"mutations": [mutation("Object{}", is_patch=True)]},
            "must evaluate to list(JSONPatch) but got Object",
        ),
        (
            {"mutations": [patch("op: 1")]},
            "expected type of field 'op' is 'string' but provided type is 'int'",
        ),
        ({"mutations": [patch("do: 'add'")]}, "undefined field 'do'"),
        ({"reinvocationPolicy": ""}, "spec.reinvocationPolicy: Required value"),
    ],
)
def test_a_policy_must_be_able_to_hold(api: Api, spec: Object, why: str) -> None:
    given = policy(mutation(MADE_BY))
    given["spec"].update(spec)
    code, _, message = api.refused("POST", POLICIES, given)
    assert code == 422
    assert why in message


def test_only_mutations_write_objects_down(api: Api) -> None:
    conditions = [{"name": "n", "expression": "Object{} == Object{}"}]
    _, _, message = api.refused("POST", POLICIES, policy(mutation(MADE_BY), matchConditions=conditions))
    assert "undeclared reference to 'Object'" in message


def test_nothing_but_writes_can_be_changed(api: Api) -> None:
    given = policy(mutation(MADE_BY))
    given["spec"]["matchConstraints"]["resourceRules"][0]["operations"] = ["DELETE"]
    _, _, message = api.refused("POST", POLICIES, given)
    assert (
        'resourceRules.operations: Unsupported value: "DELETE": supported values: "CREATE", "UPDATE"'
        in message
    )
