"""What policies and bindings may say."""

from typing import Any

import pytest

from insideout.apiserver.objects.policies import BINDING, POLICY

Object = dict[str, Any]
NOTHING = "validations or auditAnnotations must contain at least one item"
RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}


def policy_texts(**spec: Any) -> list[str]:
    """Return what is wrong with a policy."""
    obj = {
        "metadata": {"name": "p"},
        "spec": {
            "matchConstraints": {"resourceRules": [dict(RULE)]},
            "validations": [{"expression": "true"}],
            **spec,
        },
    }
    POLICY.defaults(obj)
    return [f"{each.field}: {each.message}" for each in POLICY.create_rules(obj)]


def binding_texts(**spec: Any) -> list[str]:
    """Return what is wrong with a binding."""
    obj = {"metadata": {"name": "b"}, "spec": {"policyName": "p", "validationActions": ["Deny"], **spec}}
    BINDING.defaults(obj)
    return [f"{each.field}: {each.message}" for each in BINDING.create_rules(obj)]


@pytest.mark.parametrize(
    ("spec", "texts"),
    [
        ({}, []),
        (
            {"failurePolicy": "No"},
            ['spec.failurePolicy: Unsupported value: "No": supported values: "Fail", "Ignore"'],
        ),
        ({"matchConstraints": None}, ["spec.matchConstraints: Required value"]),
        (
            {"validations": []},
            [
                f"spec.validations: Required value: {NOTHING}",
                f"spec.auditAnnotations: Required value: {NOTHING}",
            ],
        ),
        (
            {"validations": [{"expression": " "}, {"expression": "1"}]},
            [
                "spec.validations[0].expression: Required value: expression is not specified",
                'spec.validations[1].expression: Invalid value: "1": must evaluate to bool but got int',
            ],
        ),
        (
            {"validations": [{"expression": "true", "messageExpression": "authorizer"}]},
            [
                'spec.validations[0].messageExpression: Invalid value: "authorizer": compilation failed: '
                "ERROR: <input>:1:1: undeclared reference to 'authorizer' "
                "(in container '')\n | authorizer\n | ^"
            ],
        ),
        (
            {"validations": [{"expression": "true", "reason": "Because"}]},
            [
                'spec.validations[0].reason: Unsupported value: "Because": supported values: '
                '"Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"'
            ],
        ),
        (
            {"variables": [{"name": "if", "expression": "1"}, {"name": "b", "expression": "variables.c"}]},
            [
                'spec.variables[0].name: Invalid value: "if": must be a valid CEL identifier',
                'spec.variables[1].expression: Invalid value: "variables.c": compilation failed: '
                "ERROR: <input>:1:10: undefined field 'c'\n | variables.c\n | .........^",
            ],
        ),
        (
            {
                "auditAnnotations": [
                    {"key": "k", "valueExpression": "1"},
                    {"key": "k", "valueExpression": "'a'"},
                ]
            },
            [
                'spec.auditAnnotations[0].valueExpression: Invalid value: "1": '
                "must evaluate to one of [string null_type] but got int",
                'spec.auditAnnotations[1].key: Duplicate value: "k"',
            ],
        ),
        (
            {"matchConditions": [{"name": "a", "expression": "'x'"}, {"name": "a", "expression": ""}]},
            [
                "spec.matchConditions[0].expression: Invalid value: \"'x'\": "
                "must evaluate to bool but got string",
                "spec.matchConditions[1].expression: Required value",
                'spec.matchConditions[1].name: Duplicate value: "a"',
            ],
        ),
        (
            {"paramKind": {"apiVersion": "a/b/c", "kind": ""}},
            [
                'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
                "spec.paramKind.kind: Required value",
            ],
        ),
        (
            {
                "validations": [{"expression": "params == null"}],
                "paramKind": {"apiVersion": "v1", "kind": "Pod"},
            },
            [],
        ),
    ],
)
def test_policies(spec: Object, texts: list[str]) -> None:
    assert policy_texts(**spec) == texts


@pytest.mark.parametrize(
    ("spec", "texts"),
    [
        ({}, []),
        ({"policyName": ""}, ["spec.policyName: Required value"]),
        (
            {"validationActions": ["Deny", "Deny", "Shout"]},
            [
                'spec.validationActions[1]: Duplicate value: "Deny"',
                'spec.validationActions[2]: Unsupported value: "Shout": '
                'supported values: "Audit", "Deny", "Warn"',
            ],
        ),
        (
            {"paramRef": {"name": "a", "selector": {}}},
            [
                "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
                "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
                "spec.paramRef.parameterNotFoundAction: Required value",
            ],
        ),
        (
            {"matchResources": {"matchPolicy": "Maybe"}},
            [
                'spec.matchResources.matchPolicy: Unsupported value: "Maybe": '
                'supported values: "Equivalent", "Exact"'
            ],
        ),
    ],
)
def test_bindings(spec: Object, texts: list[str]) -> None:
    assert binding_texts(**spec) == texts
