"""Pods get the number of their priority class; new objects need a namespace that stays."""

from typing import Any

from .conftest import POD, Api

CLASSES = "/apis/scheduling.k8s.io/v1/priorityclasses"


def priority_class(name: str, value: int, **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": value,
        **more,
    }


def test_named_class(api: Api):
    """A pod that names a class has its value and policy."""
    api.ok("POST", CLASSES, priority_class("high", 1000, preemptionPolicy="Never"))
    spec = api.pod("p", priorityClassName="high")["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (1000, "Never")


def test_default_class(api: Api):
    """A pod that names none has the default class, if there is one; there can be only one."""
    assert "priorityClassName" not in api.pod("before")["spec"]
    api.ok("POST", CLASSES, priority_class("usual", 5, globalDefault=True))
    spec = api.pod("after")["spec"]
    assert (spec["priorityClassName"], spec["priority"]) == ("usual", 5)
    code, reason, message = api.refused("POST", CLASSES, priority_class("other", 6, globalDefault=True))
    assert (code, reason) == (403, "Forbidden")
    assert message == (
        'priorityclasses.scheduling.k8s.io "other" is forbidden: '
        "PriorityClass usual is already marked as default. Only one default can exist"
    )


def test_wrong_priority(api: Api):
    """An unknown class, or a number that is not the class's, is forbidden."""
    unknown = {**POD, "spec": {**POD["spec"], "priorityClassName": "none"}}
    assert api.refused("POST", "pods", unknown)[2] == (
        'pods "p" is forbidden: no PriorityClass with name none was found'
    )
    number = {**POD, "spec": {**POD["spec"], "priority": 7}}
    assert api.refused("POST", "pods", number)[2] == (
        'pods "p" is forbidden: the integer value of priority (7) must not be provided in pod spec; '
        "priority admission controller computed 0 from the given PriorityClass name"
    )


def test_missing_namespace(api: Api):
    """Nothing can be created where there is no namespace, by POST or by apply."""
    assert api.refused("POST", "/api/v1/namespaces/none/pods", POD)[2] == 'namespaces "none" not found'
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    applied = api.refused(
        "PATCH",
        "/api/v1/namespaces/none/configmaps/c",
        config,
        content_type="application/apply-patch+yaml",
        fieldManager="m",
    )
    assert applied[0] == 404
