"""Recorded creations and changes have their recorded outcome: the whole object, or the whole refusal."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from insideout.apiserver.patch import apply_json_patch, apply_merge_patch, apply_strategic_merge_patch
from insideout.apiserver.status import StatusError
from insideout.records import read

Object = dict[str, Any]

_PATH = re.compile(
    r"/(?:api|apis/([^/]+))/v\d(?:/namespaces/\$\{ns\})?/([a-z]+)(?:/([\w${}-]+))?(?:/(status))?"
)
_ELSEWHERE = (404, 405, 409, 415)
"""Answers that the content of objects does not decide."""
_NOT_CONTENT = ("namespace sent on the request", "name on the URL", "due to an error in our request")
_ALLOCATED = ("clusterIP", "clusterIPs", "nodePort")


def content_steps() -> Iterator[tuple[str, list[tuple[Object, int, Object]]]]:
    """Yield the steps of each scenario that create or change an object."""
    for row in read("http"):
        want = {index: (code, body) for index, code, body in row["want"]}
        steps = [
            (step, *want[index])
            for index, step in enumerate(row["steps"])
            if step.get("m") in ("POST", "PUT", "PATCH", "DELETE") and want[index][0] not in _ELSEWHERE
        ]
        if row["scenario"] not in ("apply", "crd"):
            yield row["scenario"], steps


SCENARIOS = dict(content_steps())


@pytest.mark.parametrize("name", SCENARIOS)
def test_recorded_writes(name: str, writes: Any) -> None:
    """Every write of a scenario ends as recorded."""
    stored: dict[tuple[str, str], Object] = {}
    checked = 0
    for step, _, wanted in SCENARIOS[name]:
        match = _PATH.fullmatch(step["p"])
        if step["m"] == "DELETE" or step["p"].endswith("/binding"):
            _done_elsewhere(step, stored)
            continue
        if match is None or any(text in json.dumps(wanted) for text in _NOT_CONTENT):
            continue
        resource = f"{match[2]}.{match[1]}" if match[1] else match[2]
        try:
            got = _play(writes, resource, match, step, stored)
        except StatusError as refusal:
            got = refusal.status
        assert _shown(got) == _shown(wanted), step
        checked += 1
    assert checked or name in ("discovery",)


def _play(
    writes: Any, resource: str, match: re.Match[str], step: Object, stored: dict[Any, Object]
) -> Object:
    body = step["b"]
    if isinstance(body, str):
        return dict(writes.create(resource, body.encode()))
    body = json.loads(json.dumps(body).replace("${ns}", "ns"))
    body.get("metadata", {}).pop("resourceVersion", None) if isinstance(body, dict) else None
    dry = bool((step.get("q") or {}).get("dryRun"))
    if step["m"] == "POST":
        strict = (step.get("q") or {}).get("fieldValidation", "Warn")
        obj = dict(writes.create(resource, body, strict))
        if resource == "services" and not obj["spec"].get("clusterIP"):
            obj["spec"].update(clusterIP="10.96.0.1", clusterIPs=["10.96.0.1"])
        if not dry:
            stored[resource, obj["metadata"]["name"]] = obj
        return obj
    key = (resource, match[3])
    old = stored[key]

    def change(obj: Object) -> Object:
        kind = step.get("t", "application/json")
        if "json-patch" in kind:
            return dict(apply_json_patch(obj, body))
        if "strategic" in kind:
            return dict(apply_strategic_merge_patch(writes.kind(resource), obj, body))
        if "merge-patch" in kind:
            return dict(apply_merge_patch(obj, body))
        kept = {
            name: old["metadata"][name]
            for name in ("uid", "creationTimestamp", "resourceVersion", "namespace")
        }
        return {**body, "metadata": {**kept, **body["metadata"]}}

    new = dict(writes.update(resource, old, change, match[4] or ""))
    if not dry:
        stored[key] = new
    return new


def _done_elsewhere(step: Object, stored: dict[Any, Object]) -> None:
    """Change the stored object as a deletion or a binding does."""
    *_, resource, name = step["p"].removesuffix("/binding").split("/")
    obj = stored.get((resource, name))
    if obj is None:
        return
    if step["m"] == "DELETE":
        obj["metadata"].update(deletionTimestamp="2026-01-01T00:00:00Z", deletionGracePeriodSeconds=0)
    else:
        obj["spec"]["nodeName"] = step["b"]["target"]["name"]
        condition = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        obj["status"]["conditions"] = [{**condition, "lastTransitionTime": "2026-01-01T00:00:00Z"}]


def _shown(value: Any) -> Any:
    """Return an object without what a store or an allocator gives it, and with recorded marks made alike."""
    if isinstance(value, dict):
        ignored = (*_ALLOCATED, "resourceVersion", "managedFields")
        return {
            key: _shown(each)
            for key, each in value.items()
            if key not in ignored or each in ("None", ["None"])
        }
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, str):
        if value == "ghost-node":
            return "<node>"
        value = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>", value)
        value = re.sub(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<t>", value)
        return re.sub(r"(?<=-)bbbbb$", "<5>", value).replace("<ns>", "ns")
    return value


def test_recorded_qos(writes: Any) -> None:
    """All 400 pods are accepted with their class, or refused with their causes."""
    wrong = []
    for row in read("qos"):
        want = row.get("qosClass") or sorted((c["reason"], c["field"], c["message"]) for c in row["causes"])
        try:
            got = writes.create("pods", copy.deepcopy(row["pod"]))["status"]["qosClass"]
        except StatusError as refusal:
            causes = refusal.status["details"]["causes"]
            got = sorted((c["reason"], c["field"], c["message"]) for c in causes)
        if got != want:
            wrong.append((row["pod"], want, got))
    assert wrong == []
