"""Policies in CEL: whom they are about, what they refuse, warn of and let through."""

from typing import Any

import pytest

from insideout.apiserver.cel import reading
from tests.insideout.apiserver.conftest import Api

Object = dict[str, Any]
GROUP = "/apis/admissionregistration.k8s.io/v1"
POLICIES, BINDINGS = f"{GROUP}/validatingadmissionpolicies", f"{GROUP}/validatingadmissionpolicybindings"
ABOUT = {
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "operations": ["CREATE", "UPDATE", "DELETE"],
    "resources": ["configmaps"],
}
MERGE = "application/merge-patch+json"


def policy(*validations: Object, **spec: Any) -> Object:
    """Return a policy about ConfigMaps called p."""
    return {
        "metadata": {"name": "p"},
        "spec": {"matchConstraints": {"resourceRules": [ABOUT]}, "validations": list(validations), **spec},
    }


def bound(api: Api, given: Object, *actions: str, **spec: Any) -> None:
    """Create a policy and a binding to it called b."""
    api.ok("POST", POLICIES, given)
    spec = {"policyName": "p", "validationActions": list(actions or ("Deny",)), **spec}
    api.ok("POST", BINDINGS, {"metadata": {"name": "b"}, "spec": spec})


def config_map(name: str = "c", **more: Any) -> Object:
    return {"metadata": {"name": name, **more.pop("metadata", {})}, **more}


def said(api: Api, body: Object, **options: str) -> str:
    """Return what the policy says against a new ConfigMap, "" when it is created."""
    response = api.send("POST", "configmaps", body, **options)
    if response.code < 300:
        return ""
    assert isinstance(response.body, dict)
    message = response.body["message"]
    assert response.body["details"]["causes"] == [{"message": message.partition(" is forbidden: ")[2]}]
    return f"{response.code} {message.partition(' denied request: ')[2]}"


def test_a_validation_that_does_not_hold_refuses(api: Api) -> None:
    bound(api, policy({"expression": "object.data.size() < 2", "message": "one key only"}))
    assert said(api, config_map(data={"a": "1", "b": "2"})) == "422 one key only"
    assert said(api, config_map(data={"a": "1"})) == ""
    _, _, message = api.refused("PATCH", "configmaps/c", {"data": {"b": "2"}}, content_type=MERGE)
    assert message == (
        'configmaps "c" is forbidden: '
        "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: one key only"
    )


@pytest.mark.parametrize(
    ("validation", "answer"),
    [
        ({"expression": "false"}, "422 failed expression: false"),
        ({"expression": "false", "reason": "Forbidden", "message": " m "}, "403 m"),
        ({"expression": "false", "messageExpression": "'no ' + object.metadata.name"}, "422 no c"),
        ({"expression": "false", "message": "m", "messageExpression": "string(object.nope)"}, "422 m"),
        ({"expression": "false", "message": "m", "messageExpression": "'a\\nb'"}, "422 m"),
        (
            {"expression": "object.nope == 1"},
            "422 expression 'object.nope == 1' resulted in error: no such key: nope",
        ),
        (
            {"expression": "request.operation != 'CREATE'"},
            "422 failed expression: request.operation != 'CREATE'",
        ),
        ({"expression": "request.userInfo.username == 'nobody'", "message": "who"}, "422 who"),
        ({"expression": "namespaceObject.metadata.name != 'default'", "message": "where"}, "422 where"),
        ({"expression": "oldObject != null", "message": "new"}, "422 new"),
        ({"expression": "authorizer.group('').resource('pods').check('get').allowed()"}, ""),
        (
            {
                "expression": "authorizer.serviceAccount('default', 'a').path('/x').check('get').allowed()",
                "message": "no right",
            },
            "422 no right",
        ),
    ],
)
def test_the_words_of_a_refusal(api: Api, validation: Object, answer: str) -> None:
    bound(api, policy(validation))
    assert said(api, config_map()) == answer


def test_a_policy_that_fails_may_be_ignored(api: Api) -> None:
    bound(api, policy({"expression": "object.nope == 1"}, failurePolicy="Ignore"))
    assert said(api, config_map()) == ""


def test_match_conditions_narrow_a_policy_down(api: Api) -> None:
    conditions = [{"name": "named", "expression": "object.metadata.name.startsWith('x')"}]
    bound(api, policy({"expression": "false"}, matchConditions=conditions))
    assert said(api, config_map("a")) == ""
    assert said(api, config_map("x")) == "422 failed expression: false"


def test_a_condition_that_fails_counts_only_when_no_other_says_no(api: Api) -> None:
    conditions = [
        {"name": "broken", "expression": "object.nope == 1"},
        {"name": "named", "expression": "object.metadata.name == 'x'"},
    ]
    bound(api, policy({"expression": "true"}, matchConditions=conditions))
    assert said(api, config_map("a")) == ""
    assert said(api, config_map("x")) == (
        "422 expression 'object.nope == 1' resulted in error: no such key: nope"
    )


def test_variables_are_evaluated_when_they_are_read(api: Api) -> None:
    variables = [
        {"name": "keys", "expression": "object.data.map(key, key)"},
        {"name": "many", "expression": "variables.keys.size() > 1"},
        {"name": "broken", "expression": "object.nope"},
    ]
    bound(api, policy({"expression": "!variables.many || variables.broken"}, variables=variables))
    assert said(api, config_map(data={"a": "1"})) == ""
    assert said(api, config_map("d", data={"a": "1", "b": "2"})) == (
        "422 expression '!variables.many || variables.broken' resulted in error: "
        'composited variable "broken" fails to evaluate: no such key: nope'
    )


def test_warn_and_audit_let_a_request_pass(api: Api) -> None:
    bound(api, policy({"expression": "false", "message": "m"}), "Warn", "Audit")
    response = api.send("POST", "configmaps", config_map())
    assert response.code == 201
    whose = "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b'"
    assert response.headers["Warning"] == f'299 - "{whose}: m"'


def test_a_policy_without_a_binding_does_nothing(api: Api) -> None:
    api.ok("POST", POLICIES, policy({"expression": "false"}))
    assert said(api, config_map()) == ""


def test_a_binding_says_where_a_policy_holds(api: Api) -> None:
    bound(
        api,
        policy({"expression": "false"}),
        matchResources={"objectSelector": {"matchLabels": {"a": "b"}}},
    )
    assert said(api, config_map("x")) == ""
    assert said(api, config_map("y", metadata={"labels": {"a": "b"}})) == "422 failed expression: false"


def test_rules_name_and_exclude_objects(api: Api) -> None:
    constraints = {
        "resourceRules": [{**ABOUT, "resourceNames": ["a", "b"]}],
        "excludeResourceRules": [{**ABOUT, "resourceNames": ["b"]}],
    }
    bound(api, policy({"expression": "false"}, matchConstraints=constraints))
    assert [said(api, config_map(name)) for name in ("a", "b", "c")] == [
        "422 failed expression: false",
        "",
        "",
    ]


def test_deletions_show_the_old_object(api: Api) -> None:
    bound(api, policy({"expression": "object != null || !has(oldObject.metadata.labels)", "message": "kept"}))
    api.ok("POST", "configmaps", config_map("free"))
    api.ok("POST", "configmaps", config_map("kept", metadata={"labels": {"a": "b"}}))
    api.ok("DELETE", "configmaps/free")
    assert api.refused("DELETE", "configmaps/kept")[:2] == (422, "Invalid")


PARAM = {"apiVersion": "v1", "kind": "ConfigMap"}


def with_params(api: Api, **ref: Any) -> None:
    about_secrets = {"resourceRules": [{**ABOUT, "resources": ["secrets"]}]}
    given = policy(
        {
            "expression": "object.metadata.name != params.data.name",
            "messageExpression": "'not ' + params.data.name",
        },
        paramKind=PARAM,
        matchConstraints=about_secrets,
    )
    bound(api, given, paramRef={"parameterNotFoundAction": "Deny", **ref})


def secret(api: Api, name: str) -> str:
    response = api.send("POST", "secrets", config_map(name))
    return "" if response.code < 300 else str(response.body["message"]).partition(" denied request: ")[2]


def test_params_are_named_in_the_namespace_of_the_request(api: Api) -> None:
    with_params(api, name="q")
    missing = "no params found for policy binding with `Deny` parameterNotFoundAction"
    assert secret(api, "a") == f"failed to configure binding: {missing}"
    api.ok("POST", "configmaps", config_map("q", data={"name": "a"}))
    assert [secret(api, name) for name in ("a", "b")] == ["not a", ""]


def test_a_policy_is_asked_with_each_selected_param(api: Api) -> None:
    for name in ("x", "y"):
        api.ok("POST", "configmaps", config_map(name, data={"name": name}, metadata={"labels": {"a": "b"}}))
    with_params(api, selector={"matchLabels": {"a": "b"}})
    assert [secret(api, name) for name in ("x", "y", "z")] == ["not x", "not y", ""]


def test_params_that_may_be_missing(api: Api) -> None:
    with_params(api, name="q", parameterNotFoundAction="Allow")
    assert secret(api, "a") == ""


def test_params_of_a_kind_that_is_not_served(api: Api) -> None:
    bound(api, policy({"expression": "true"}, paramKind={"apiVersion": "e.com/v1", "kind": "Limit"}))
    assert said(api, config_map()) == (
        "422 failed to configure policy: "
        "failed to find resource referenced by paramKind: 'e.com/v1, Kind=Limit'"
    )


def test_audit_annotations_must_be_told(api: Api) -> None:
    annotations = [{"key": "k", "valueExpression": "string(object.nope)"}]
    bound(api, policy(auditAnnotations=annotations))
    expression = "expression 'string(object.nope)' resulted in error: no such key: nope"
    assert said(api, config_map()) == f"422 {expression}"


def test_policies_are_not_asked_about_policies(api: Api) -> None:
    everything = {**ABOUT, "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}
    bound(api, policy({"expression": "false"}, matchConstraints={"resourceRules": [everything]}))
    assert said(api, config_map()) != ""
    api.ok("DELETE", f"{BINDINGS}/b")
    assert said(api, config_map()) == ""


def test_a_changed_policy_is_compiled_anew(api: Api) -> None:
    bound(api, policy({"expression": "false"}))
    assert said(api, config_map()) != ""
    changed = {"spec": {"validations": [{"expression": "true"}]}}
    assert api.ok("PATCH", f"{POLICIES}/p", changed, content_type=MERGE)["metadata"]["generation"] == 2
    assert said(api, config_map()) == ""


def test_without_the_parser_a_policy_fails_as_it_wants_to(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cel_expr_python", None)
    reading._environment.cache_clear()
    response = api.send("POST", POLICIES, policy({"expression": "true"}))
    assert response.code == 201
    assert "pip install 'kubernetes-inside-out[cel]'" in response.headers["Warning"]
    api.ok(
        "POST",
        BINDINGS,
        {"metadata": {"name": "b"}, "spec": {"policyName": "p", "validationActions": ["Deny"]}},
    )
    assert said(api, config_map()) == f"422 {reading.MISSING}"
    reading._environment.cache_clear()
