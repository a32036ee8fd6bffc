"""A Job's template: fixed, but for where pods go and how big they are while it is suspended."""

from typing import Any

import pytest

from insideout.apiserver.objects import job_templates

Object = dict[str, Any]


def job(
    status: Object | None = None, *, suspend: bool = True, labels: Object | None = None, **spec: Any
) -> Object:
    container = {"name": "c", "image": spec.pop("image", "i"), "resources": spec.pop("resources", {})}
    template = {"metadata": {"labels": labels or {}}, "spec": {"containers": [container], **spec}}
    return {"spec": {"suspend": suspend, "template": template}, "status": status or {}}


STOPPED = {"startTime": "2026-01-01T00:00:00Z", "conditions": [{"type": "Suspended", "status": "True"}]}
NODE = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}
CASES: dict[str, tuple[Object, Object, list[str]]] = {
    "nothing": (job(), job(), []),
    "a place, suspended": (job(), job(nodeSelector={"a": "b"}), []),
    "a place, suspended again": (job(STOPPED), job(nodeSelector={"a": "b"}), []),
    "a place, while pods run": (
        job({**STOPPED, "active": 1}),
        job(nodeSelector={"a": "b"}),
        ["spec.template"],
    ),
    "a place, started": (
        job({"startTime": "2026-01-01T00:00:00Z"}),
        job(nodeSelector={"a": "b"}),
        ["spec.template"],
    ),
    "a place, not suspended": (job(suspend=False), job(nodeSelector={"a": "b"}), ["spec.template"]),
    "labels, suspended": (job(), job(labels={"a": "b"}), []),
    "a size, suspended": (job(), job(resources={"limits": {"cpu": "1"}}), []),
    "an image, suspended": (job(), job(image="j"), ["spec.template.spec"]),
    "node affinity, where none was": (job(), job(affinity={"nodeAffinity": NODE}), []),
    "node affinity, gone": (job(affinity={"nodeAffinity": NODE}), job(), []),
    "pod affinity": (job(), job(affinity={"podAffinity": {}}), ["spec.template.spec"]),
}


@pytest.mark.parametrize("name", CASES)
def test_changes(name: str) -> None:
    old, new, expected = CASES[name]
    assert [cause.field for cause in job_templates.change(new, old)] == expected
