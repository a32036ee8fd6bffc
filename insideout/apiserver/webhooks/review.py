"""AdmissionReviews: the question that a webhook gets, and what an answer must be to count.

Source: k8s.io/apiserver/pkg/admission/plugin/webhook/request/admissionreview.go, .../errors/statuserror.go
@v1.36.2.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from insideout.apiserver.kinds import Kind
from insideout.apiserver.status import StatusError
from insideout.apiserver.users import asking
from insideout.apiserver.webhooks.rules import Attributes, Hook

Object = dict[str, Any]

VERSIONS = ("v1", "v1beta1")


class Answer(NamedTuple):
    """What a webhook said."""

    allowed: bool
    patch: list[Object]
    status: Object
    warnings: list[str]
    unusable: str = ""
    """Why its patch cannot be used."""


class InvalidAnswerError(ValueError):
    """The answer is not one that counts."""


class UnreadableAnswerError(ValueError):
    """The answer is no object at all."""


class UnusablePatchError(ValueError):
    """The answer counts, but its patch cannot be read."""


def version_of(hook: Hook) -> str:
    """Return the version of AdmissionReview that a webhook gets, "" when it takes none of ours."""
    return next((each for each in hook.spec["admissionReviewVersions"] if each in VERSIONS), "")


def question(hook: Hook, asked: Attributes, as_kind: Kind, uid: str) -> Object:
    """Return the review that a webhook gets of a request, seen as `as_kind`."""
    shown = asked.shown or as_kind
    request: Object = {
        "uid": uid,
        **described(asked, as_kind),
        "object": versioned(asked.obj, shown),
        "oldObject": versioned(asked.old, shown),
    }
    api_version = f"admission.k8s.io/{version_of(hook)}"
    return {"kind": "AdmissionReview", "apiVersion": api_version, "request": request}


def described(asked: Attributes, as_kind: Kind) -> Object:
    """Return what an AdmissionRequest says besides the objects."""
    shown = asked.shown or as_kind
    requested = asked.shown or asked.kind
    request: Object = {
        "kind": _kind(shown),
        "resource": _resource(as_kind),
        "requestKind": _kind(requested),
        "requestResource": _resource(asked.kind),
        "name": asked.name,
        "namespace": asked.namespace,
        "operation": asked.operation,
        "userInfo": asking().info(),
        "dryRun": asked.dry_run,
        "options": asked.options,
    }
    if asked.subresource:
        request["subResource"] = request["requestSubResource"] = asked.subresource
    for name in ("name", "namespace"):
        if not request[name]:
            del request[name]
    return request


def answer(body: str, uid: str, version: str, *, mutating: bool) -> Answer:
    """Return what an answer says; raise InvalidAnswerError or UnreadableAnswerError for another one."""
    review = _decoded(body)
    response = review.get("response")
    if not isinstance(response, dict):
        raise InvalidAnswerError("webhook response was absent")
    if version == "v1":
        if response.get("uid", "") != uid:
            raise InvalidAnswerError(f'expected response.uid="{uid}", got "{response.get("uid", "")}"')
        api_version, kind = str(review.get("apiVersion", "")), str(review.get("kind", ""))
        if (api_version, kind) != ("admission.k8s.io/v1", "AdmissionReview"):
            got = f"{api_version}, Kind={kind}" if "/" in api_version else f"/{api_version}, Kind={kind}"
            wanted = "admission.k8s.io/v1, Kind=AdmissionReview"
            raise InvalidAnswerError(f"expected webhook response of {wanted}, got {got}")
    status, unusable = response.get("status"), ""
    patch: list[Object] = []
    try:
        patch = _patch(response, version, mutating=mutating)
    except UnusablePatchError as problem:
        unusable = str(problem)
    said = [str(each) for each in response.get("warnings") or ()]
    return Answer(
        bool(response.get("allowed")), patch, status if isinstance(status, dict) else {}, said, unusable
    )


def _decoded(body: str) -> Object:
    try:
        review = json.loads(body)
    except ValueError:
        first = body.lstrip()[:1]
        why = (
            f"invalid character '{first}' looking for beginning of value"
            if first
            else "unexpected end of JSON input"
        )
        raise UnreadableAnswerError(f"couldn't get version/kind; json parse error: {why}") from None
    if not isinstance(review, dict) or not review.get("kind"):
        raise UnreadableAnswerError(f"Object 'Kind' is missing in '{body.strip()}'")
    return review


def _patch(response: Mapping[str, Any], version: str, *, mutating: bool) -> list[Object]:
    given, type_ = response.get("patch") or "", response.get("patchType")
    if not mutating:
        if version == "v1" and given:
            raise InvalidAnswerError("validating webhook may not return response.patch")
        if version == "v1" and type_ is not None:
            raise InvalidAnswerError("validating webhook may not return response.patchType")
        return []
    if version == "v1":
        if given and type_ is None:
            raise InvalidAnswerError("webhook returned response.patch but not response.patchType")
        if not given and type_ is not None:
            raise InvalidAnswerError("webhook returned response.patchType but not response.patch")
        if type_ == "":
            raise InvalidAnswerError('webhook returned invalid response.patchType of ""')
    if not given:
        return []
    if version == "v1" and type_ != "JSONPatch":
        raise UnusablePatchError(f'unsupported patch type "{type_}"')
    try:
        operations = json.loads(base64.b64decode(str(given), validate=True))
    except (ValueError, binascii.Error) as problem:
        raise UnusablePatchError(f"received undecodable patch in webhook response: {problem}") from None
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        why = "json: cannot unmarshal object into Go value of type jsonpatch.Patch"
        raise UnusablePatchError(f"received undecodable patch in webhook response: {why}")
    return operations


def denial(hook_name: str, status: Mapping[str, Any]) -> StatusError:
    """Return the refusal of a request that a webhook denied, with the webhook's own words and code."""
    denied = f'admission webhook "{hook_name}" denied the request'
    message, reason = str(status.get("message") or ""), str(status.get("reason") or "")
    said = message or reason
    code = status.get("code")
    code = code if isinstance(code, int) and code >= 400 else 400
    problem = StatusError(code, reason, f"{denied}: {said}" if said else f"{denied} without explanation")
    if isinstance(status.get("details"), dict):
        problem.status["details"] = status["details"]
    return problem


def _kind(kind: Kind) -> Object:
    return {"group": kind.group, "version": kind.version, "kind": kind.kind}


def _resource(kind: Kind) -> Object:
    return {"group": kind.group, "version": kind.version, "resource": kind.plural}


def versioned(obj: Object | None, kind: Kind) -> Object | None:
    """Return an object as a version of its kind, None for none."""
    return None if obj is None else {**obj, "apiVersion": kind.api_version, "kind": kind.kind}
