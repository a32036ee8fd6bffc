"""Webhooks change and refuse writes, and their failures count as their policy says."""

import base64
import json
from typing import Any

import pytest

from insideout.apiserver.webhooks.calls import Reply

from .conftest import CREATE_CONFIG_MAPS, GROUP, Hooked

CALL = 'Internal error occurred: failed calling webhook "{}.example.com": failed to call webhook: '
POST = 'Post "https://hook.default.svc:443/{}?timeout=10s": '


def add(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "add", "path": path, "value": value}]


def test_a_mutating_webhook_changes_a_new_object(api: Hooked) -> None:
    """Its patch is applied before the object is stored; defaults are filled in afterwards."""
    api.hook("label", lambda request: add("/metadata/labels", {"seen": "yes"}))
    created = api.config_map("a")
    assert created["metadata"]["labels"] == {"seen": "yes"}
    assert api.ok("GET", "configmaps/a")["metadata"]["labels"] == {"seen": "yes"}
    [(path, request)] = api.asked
    assert path == "/label"
    assert request["operation"] == "CREATE"
    assert request["resource"] == {"group": "", "version": "v1", "resource": "configmaps"}
    assert request["object"]["kind"] == "ConfigMap"
    assert request["oldObject"] is None
    assert request["userInfo"]["username"] == "kubernetes-admin"
    assert request["options"]["kind"] == "CreateOptions"


def test_what_a_webhook_adds_is_completed_and_checked(api: Hooked) -> None:
    """A container that it adds has its defaults; one that breaks a rule refuses the pod."""
    rule = {**CREATE_CONFIG_MAPS, "resources": ["pods"]}
    api.hook("side", lambda request: add("/spec/containers/-", {"name": "s", "image": "i"}), rules=[rule])
    pod = api.pod("p")
    assert pod["spec"]["containers"][1]["imagePullPolicy"] == "Always"
    api.answers["/side"] = lambda request: add("/spec/containers/-", {"name": "c", "image": "i"})
    code, _, message = api.refused("POST", "pods", {**pod, "metadata": {"name": "q"}, "status": {}})
    assert code == 422
    assert 'Duplicate value: "c"' in message


def test_a_validating_webhook_sees_the_result(api: Hooked) -> None:
    """Of the mutating ones and of the server's own completion."""
    api.hook("check", lambda request: request["object"]["metadata"].get("labels") == {"seen": "yes"})
    api.hook("label", lambda request: add("/metadata/labels", {"seen": "yes"}))
    api.config_map("a")
    assert api.asked[-1][1]["object"]["metadata"]["uid"]
    assert api.paths() == ["/label", "/check"]


DENIALS: dict[str, tuple[Any, tuple[int, str, str]]] = {
    "with words": ("no owner", (403, "", "denied the request: no owner")),
    "without words": (False, (400, "", "denied the request without explanation")),
    "with a reason": (
        {"allowed": False, "status": {"reason": "Invalid", "code": 422}},
        (422, "Invalid", "denied the request: Invalid"),
    ),
    "with a code of success": (
        {"allowed": False, "status": {"message": "m", "code": 200}},
        (400, "", "denied the request: m"),
    ),
}


@pytest.mark.parametrize("name", DENIALS)
@pytest.mark.parametrize("hook", ["label", "check"])
def test_a_denial_is_told_in_the_webhooks_words(api: Hooked, name: str, hook: str) -> None:
    """Nothing is stored."""
    said, (code, reason, words) = DENIALS[name]
    api.hook(hook, lambda request: said)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    message = f'admission webhook "{hook}.example.com" {words}'
    assert api.refused("POST", "configmaps", body) == (code, reason, message)
    assert api.refused("GET", "configmaps/a")[0] == 404


def review(**answer: Any) -> Any:
    """Return an answer written by hand; UID is replaced by that of the request."""

    def said(request: dict[str, Any]) -> Reply:
        text = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", **answer})
        return Reply(200, text.replace("UID", request["uid"]))

    return said


OK = {"uid": "UID", "allowed": True}
FAILURES: dict[str, tuple[Any, str]] = {
    "no listener": (None, f"{CALL}{POST}dial tcp 10.244.0.9:8443: connect: connection refused"),
    "an error": (
        lambda request: Reply(500, "boom\n"),
        f'{CALL}an error on the server ("boom") has prevented the request from succeeding',
    ),
    "no such path": (
        lambda request: Reply(404, ""),
        f"{CALL}the server could not find the requested resource",
    ),
    "no review": (
        lambda request: Reply(200, "hello"),
        f"{CALL}couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of "
        "value",
    ),
    "no response": (review(), CALL[: CALL.index("failed to")] + "received invalid webhook response: "
                              "webhook response was absent"),
    "no patch type": (
        review(response={**OK, "patch": "W10="}),
        CALL[: CALL.index("failed to")] + "received invalid webhook response: webhook returned "
        "response.patch but not response.patchType",
    ),
    "another patch type": (
        review(response={**OK, "patch": "W10=", "patchType": "Merge"}),
        CALL[: CALL.index("failed to")] + 'unsupported patch type "Merge"',
    ),
    "another version": (
        review(response=OK, apiVersion="admission.k8s.io/v1beta1"),
        CALL[: CALL.index("failed to")] + "received invalid webhook response: expected webhook response of "
        "admission.k8s.io/v1, Kind=AdmissionReview, got admission.k8s.io/v1beta1, Kind=AdmissionReview",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_a_webhook_that_fails_refuses_or_is_passed_over(api: Hooked, name: str) -> None:
    """As its failurePolicy says: by default it refuses."""
    answer, words = FAILURES[name]
    api.hook("label", answer)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    code, reason, message = api.refused("POST", "configmaps", body)
    assert (code, reason) == (500, "InternalError")
    assert message == words.replace("{}", "label")
    path = f"{GROUP}/mutatingwebhookconfigurations/label"
    ignore = [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]
    api.ok("PATCH", path, ignore, content_type="application/json-patch+json")
    api.ok("POST", "configmaps", body)


def test_a_wrong_uid_is_no_answer(api: Hooked) -> None:
    """An answer must be to the question asked."""
    api.hook("label", review(response={"uid": "other", "allowed": True}))
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    message = api.refused("POST", "configmaps", body)[2]
    assert 'received invalid webhook response: expected response.uid="' in message
    assert message.endswith('got "other"')


def test_a_validating_webhook_must_not_patch(api: Hooked) -> None:
    """A patch of it is an invalid response."""
    patch = base64.b64encode(b"[]").decode()
    api.hook("check", review(response={**OK, "patch": patch, "patchType": "JSONPatch"}))
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert api.refused("POST", "configmaps", body)[2].endswith(
        "received invalid webhook response: validating webhook may not return response.patch"
    )


def test_a_patch_that_cannot_be_applied_refuses_the_write(api: Hooked) -> None:
    """Whatever the failurePolicy is."""
    api.hook("label", lambda request: add("/metadata/labels/a", "b"), failurePolicy="Ignore")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert api.refused("POST", "configmaps", body) == (
        500,
        "InternalError",
        'Internal error occurred: add operation does not apply: doc is missing path: "/metadata/labels/a": '
        "missing value",
    )


def test_missing_service_port_and_endpoints_have_their_words(api: Hooked) -> None:
    """As the aggregator's resolver says them."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}

    def refusal(service: dict[str, Any]) -> str:
        client = {"service": {"name": "hook", "namespace": "default", "path": "/label", **service}}
        api.hook("label", lambda request: True, clientConfig=client)
        message = api.refused("POST", "configmaps", body)[2]
        api.ok("DELETE", f"{GROUP}/mutatingwebhookconfigurations/label")
        return message.removeprefix(CALL.format("label"))

    assert refusal({"name": "none", "path": None}) == (
        'Post "https://none.default.svc:443/?timeout=10s": service "none" not found'
    )
    assert refusal({"port": 8080}) == (
        'Post "https://hook.default.svc:8080/label?timeout=10s": no service port 8080 found for service '
        '"hook"'
    )
    slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/hook-1"
    unready = [{"op": "replace", "path": "/endpoints/0/conditions/ready", "value": False}]
    api.ok("PATCH", slices, unready, content_type="application/json-patch+json")
    assert refusal({}) == f'{POST.format("label")}no endpoints available for service "hook"'


def test_updates_and_deletions_are_shown_with_what_was(api: Hooked) -> None:
    """The old object comes besides the new one, or alone."""
    api.config_map("a")
    api.hook("check", lambda request: request["operation"] != "DELETE" or "it stays")
    api.merge("configmaps/a", {"data": {"k": "v"}})
    assert api.asked[-1][1]["object"]["data"] == {"k": "v"}
    assert "data" not in api.asked[-1][1]["oldObject"]
    code, _, message = api.refused("DELETE", "configmaps/a")
    assert (code, message) == (403, 'admission webhook "check.example.com" denied the request: it stays')
    assert api.asked[-1][1]["object"] is None
    assert api.asked[-1][1]["oldObject"]["data"] == {"k": "v"}
    api.refused("DELETE", "configmaps")  # a collection is deleted one by one
    api.ok("GET", "configmaps/a")


def test_warnings_reach_the_client(api: Hooked) -> None:
    """Those of every webhook, in the order of the calls."""
    api.hook("label", lambda request: {"allowed": True, "warnings": ["first"]})
    api.hook("check", lambda request: {"allowed": True, "warnings": ["second"]})
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert api.send("POST", "configmaps", body).headers["Warning"] == '299 - "first", 299 - "second"'
    assert api.send("DELETE", "configmaps/a").headers["Warning"] == '299 - "first", 299 - "second"'


def test_a_dry_run_asks_only_webhooks_without_side_effects(api: Hooked) -> None:
    """They are told that it is one; a stored configuration of others refuses it."""
    api.hook("label", lambda request: True, sideEffects="NoneOnDryRun")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    api.ok("POST", "configmaps", body, dryRun="All")
    assert api.asked[-1][1]["dryRun"] is True
    assert api.asked[-1][1]["options"]["dryRun"] == ["All"]


def test_a_webhook_that_wants_to_is_asked_again_after_a_later_change(api: Hooked) -> None:
    """Once, and only those that were asked before the change."""
    api.hook("a", lambda request: True, reinvocationPolicy="IfNeeded")
    api.hook("b", lambda request: True)
    api.hook("c", lambda request: add("/metadata/labels", {"c": "1"}), reinvocationPolicy="IfNeeded")
    assert api.config_map("x")["metadata"]["labels"] == {"c": "1"}
    assert api.paths() == ["/a", "/b", "/c", "/a"]
    assert api.asked == []


def test_configurations_are_not_shown_to_webhooks(api: Hooked) -> None:
    """Else a broken webhook could never be taken away."""
    everything = {
        "operations": ["*"],
        "apiGroups": ["*"],
        "apiVersions": ["*"],
        "resources": ["*/*"],
        "scope": "*",
    }
    api.hook("deny", lambda request: False, rules=[everything])
    api.ok("DELETE", f"{GROUP}/mutatingwebhookconfigurations/deny")
    assert api.asked == []


def test_subresources_are_seen_as_what_they_carry(api: Hooked) -> None:
    """A status as its object, a scale as a Scale, a binding and an eviction as themselves."""
    rule = {**CREATE_CONFIG_MAPS, "resources": ["pods/*", "replicationcontrollers/*", "deployments/*"]}
    rules = [{**rule, "apiGroups": ["", "apps"]}]
    template = {
        "metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template},
    }
    place = "/apis/apps/v1/namespaces/default/deployments"
    api.ok("POST", place, deployment)
    api.pod("p")
    api.hook("check", lambda request: True, rules=rules)
    api.merge("pods/p/status", {"status": {"phase": "Running"}})
    api.merge(f"{place}/d/scale", {"spec": {"replicas": 3}})
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}
    api.ok("POST", "pods/p/eviction", eviction)
    seen = [
        (one["operation"], one["resource"]["resource"], one["subResource"], one["kind"]["kind"])
        for _, one in api.asked
    ]
    assert seen == [
        ("UPDATE", "pods", "status", "Pod"),
        ("UPDATE", "deployments", "scale", "Scale"),
        ("CREATE", "pods", "eviction", "Eviction"),
    ]
    assert api.asked[1][1]["object"]["spec"] == {"replicas": 3}


def test_match_conditions_narrow_a_webhook_down(api: Hooked) -> None:
    """A webhook is asked only when all of them hold; one that cannot be told counts as its policy says."""
    conditions = [
        {"name": "c", "expression": "object.metadata.name != 'free' && request.operation == 'CREATE'"}
    ]
    api.hook("check", lambda request: True, matchConditions=conditions)
    api.config_map("free")
    api.config_map("a")
    api.ok("DELETE", "configmaps/a")
    assert api.paths() == ["/check"]
    broken = [{"name": "c", "expression": "object.data.nope == 'x'"}]
    api.hook("checked", lambda request: True, matchConditions=broken)
    expression = "expression 'object.data.nope == 'x'' resulted in error: no such key: data"
    body = {"metadata": {"name": "b"}}
    assert api.refused("POST", "configmaps", body) == (
        403,
        "Forbidden",
        f'configmaps "b" is forbidden: {expression}',
    )
