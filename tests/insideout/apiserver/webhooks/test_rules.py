"""Rules and selectors say which requests a webhook is asked about."""

from typing import Any

import pytest

from insideout.apiserver.kinds import Kind
from insideout.apiserver.registry import Registry
from insideout.apiserver.webhooks.rules import Attributes, Hook, hooks_of, invocation

Object = dict[str, Any]

REGISTRY = Registry()
RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
LABELS = {"prod": {"env": "prod"}, "default": {}}


def kind(name: str) -> Kind:
    found = REGISTRY.named(name)
    assert found is not None
    return found


def hook(**spec: Any) -> Hook:
    full = {"name": "h.example.com", "matchPolicy": "Equivalent", "rules": [RULE], **spec}
    return hooks_of([{"metadata": {"name": "c"}, "webhooks": [full]}])[0]


def asked(name: str = "pods", namespace: str = "default", **rest: Any) -> Attributes:
    obj = rest.pop("obj", {"metadata": {"name": "x"}})
    operation = rest.pop("operation", "CREATE")
    return Attributes(kind(name), namespace, "x", operation, obj, **rest)


def rule(**changes: Any) -> list[Object]:
    return [{**RULE, **changes}]


PROD = {"matchLabels": {"env": "prod"}}
CASES: dict[str, tuple[Hook, Attributes, bool]] = {
    "what it names": (hook(), asked(), True),
    "another operation": (hook(), asked(operation="UPDATE"), False),
    "any operation": (hook(rules=rule(operations=["*"])), asked(operation="DELETE"), True),
    "another resource": (hook(), asked("configmaps"), False),
    "another group": (hook(rules=rule(resources=["*"])), asked("deployments"), False),
    "any group": (hook(rules=rule(apiGroups=["*"], resources=["*"])), asked("deployments"), True),
    "a subresource": (hook(), asked(subresource="status"), False),
    "any resource, not subresources": (hook(rules=rule(resources=["*"])), asked(subresource="status"), False),
    "any subresource": (hook(rules=rule(resources=["pods/*"])), asked(subresource="status"), True),
    "a subresource of any": (hook(rules=rule(resources=["*/status"])), asked(subresource="status"), True),
    "everything": (hook(rules=rule(resources=["*/*"])), asked(subresource="status"), True),
    "cluster scope, in a namespace": (hook(rules=rule(scope="Cluster")), asked(), False),
    "cluster scope": (
        hook(rules=rule(scope="Cluster", resources=["nodes"])),
        asked("nodes", ""),
        True,
    ),
    "namespaced scope, a namespace itself": (
        hook(rules=rule(scope="Namespaced", resources=["namespaces"])),
        asked("namespaces", "x"),
        False,
    ),
    "a namespace that is selected": (hook(namespaceSelector=PROD), asked(namespace="prod"), True),
    "a namespace that is not": (hook(namespaceSelector=PROD), asked(), False),
    "no namespace at all": (
        hook(namespaceSelector=PROD, rules=rule(resources=["nodes"])),
        asked("nodes", ""),
        True,
    ),
    "a new namespace by its own labels": (
        hook(namespaceSelector=PROD, rules=rule(resources=["namespaces"])),
        asked("namespaces", "x", obj={"metadata": {"labels": {"env": "prod"}}}),
        True,
    ),
    "an object that is selected": (
        hook(objectSelector=PROD),
        asked(obj={"metadata": {"labels": {"env": "prod"}}}),
        True,
    ),
    "an object that was": (
        hook(objectSelector=PROD),
        asked(old={"metadata": {"labels": {"env": "prod"}}}),
        True,
    ),
    "an object that is not": (hook(objectSelector=PROD), asked(), False),
}


@pytest.mark.parametrize("name", CASES)
def test_who_is_asked(name: str) -> None:
    """Each part of a rule decides in a case of its own."""
    one, request, expected = CASES[name]
    found = invocation(one, request, [request.kind], lambda namespace: LABELS[namespace])
    assert (found is request.kind) is expected
    assert (found is None) is not expected


@pytest.mark.parametrize(("policy", "expected"), [("Equivalent", True), ("Exact", False)])
def test_versions_that_mean_the_same(policy: str, expected: bool) -> None:
    """A webhook for one version sees requests for another as its own, unless it wants exact ones."""
    old, new = (
        Kind("example.com", version, "Boat", "boats", "boat", definition={}) for version in ("v1", "v2")
    )
    one = hook(rules=rule(apiGroups=["example.com"], resources=["boats"]), matchPolicy=policy)
    request = Attributes(new, "default", "x", "CREATE", {"metadata": {}})
    assert invocation(one, request, [old, new], dict) is (old if expected else None)


def test_webhooks_come_in_the_order_of_their_configurations() -> None:
    """By name, and within one as written."""
    configurations = [
        {"metadata": {"name": name}, "webhooks": [{"name": f"{name}{number}"} for number in (2, 1)]}
        for name in ("b", "a")
    ]
    assert [each.name for each in hooks_of(configurations)] == ["a2", "a1", "b2", "b1"]
