"""Questions answered at once: who am I, may I, may somebody else, whose is this token.

Source: pkg/registry/authentication/{selfsubjectreview,tokenreview}, pkg/registry/authorization,
pkg/apis/authorization/validation/validation.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.rbac.rules import Attributes
from insideout.apiserver.status import invalid
from insideout.apiserver.users import User, asking

if TYPE_CHECKING:
    from insideout.apiserver.server import ApiServer

Object = dict[str, Any]

_EVERYTHING = ["*"]
_BOTH = "cannot be specified in combination with resourceAttributes"
_NONE = "exactly one of nonResourceAttributes or resourceAttributes must be specified"


def answer(server: "ApiServer", kind: Kind, namespace: str, review: Object) -> Object:
    """Return a review with its answer as status; raise 400 or 422 when it cannot be answered."""
    status = _ANSWERS[kind.kind](server, kind, namespace, review)
    if kind.kind == "SelfSubjectReview":  # made anew: of the question nothing is kept
        review = {**review, "metadata": {"creationTimestamp": server.resources.now()}}
    return {**review, "status": status}


def _self(server: "ApiServer", kind: Kind, namespace: str, review: Object) -> Object:
    return {"userInfo": asking().info()}


def _self_access(server: "ApiServer", kind: Kind, namespace: str, review: Object) -> Object:
    spec = review.get("spec") or {}
    _check(kind, review, _asked_rules(spec))
    return _access(server, asking(), spec)


def _subject_access(server: "ApiServer", kind: Kind, namespace: str, review: Object) -> Object:
    spec = review.get("spec") or {}
    causes = _asked_rules(spec)
    if not spec.get("user") and not spec.get("groups"):
        causes.append(field.required("spec.user", "at least one of user or group must be specified"))
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if kind.namespaced:
        if path is not None:
            shown = {"Path": path.get("path", ""), "Verb": path.get("verb", "")}
            detail = "disallowed on this kind of request"
            causes.append(field.invalid("spec.nonResourceAttributes", shown, detail))
        if resource is not None and resource.get("namespace", "") != namespace:
            given = resource.get("namespace", "")
            detail = "must match metadata.namespace"
            causes.append(field.invalid("spec.resourceAttributes.namespace", given, detail))
    _check(kind, review, causes)
    groups = tuple(spec.get("groups") or ())
    user = User(spec.get("user", ""), groups, spec.get("uid", ""), spec.get("extra") or {})
    return _access(server, user, spec)


def _asked_rules(spec: Object) -> Causes:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is not None and path is not None:
        shown = {"Path": path.get("path", ""), "Verb": path.get("verb", "")}
        return [field.invalid("spec.nonResourceAttributes", shown, _BOTH)]
    return [field.required("spec.resourceAttributes", _NONE)] if resource is None and path is None else []


def _check(kind: Kind, review: Object, causes: Causes) -> None:
    if causes:
        raise invalid(replace(kind, kind=""), "", causes)  # inside the server a review does not say its kind


def _access(server: "ApiServer", user: User, spec: Object) -> Object:
    allowed, why = server.access.decide(user, _attributes(spec))
    status: Object = {"allowed": allowed}
    if allowed and why:
        status["reason"] = why
    elif why:
        status |= {"reason": "", "evaluationError": why.removeprefix("RBAC: ")}
    return {key: value for key, value in status.items() if key == "allowed" or value}


def _attributes(spec: Object) -> Attributes:
    path, given = spec.get("nonResourceAttributes"), spec.get("resourceAttributes") or {}
    if path is not None:
        return Attributes(path.get("verb", ""), path=path.get("path", "") or "/")
    names = ("verb", "group", "resource", "subresource", "namespace", "name")
    return Attributes(*(given.get(name, "") for name in names))


def _rules(server: "ApiServer", kind: Kind, namespace: str, review: Object) -> Object:
    place = (review.get("spec") or {}).get("namespace", "")
    if not place:
        causes = [field.required("spec.namespace", "no namespace on request")]
        raise invalid(kind, "", causes)
    user = asking()
    if user.is_master:
        rule = {"verbs": _EVERYTHING, "apiGroups": _EVERYTHING, "resources": _EVERYTHING}
        paths = {"verbs": _EVERYTHING, "nonResourceURLs": _EVERYTHING}
        return {"resourceRules": [rule], "nonResourceRules": [paths], "incomplete": False}
    server.access.ensure_roles()
    errors: list[str] = []
    found = [rule for rule, _ in server.access.resolver.rules(user, place, errors)]
    status: Object = {
        "resourceRules": [each for each in found if each.get("resources")],
        "nonResourceRules": [each for each in found if each.get("nonResourceURLs")],
        "incomplete": bool(errors),
    }
    return {**status, "evaluationError": ", ".join(errors)} if errors else status


def _token(server: "ApiServer", kind: Kind, namespace: str, review: Object) -> Object:
    return server.accounts.review(review)


_ANSWERS: Mapping[str, Callable[["ApiServer", Kind, str, Object], Object]] = {
    "LocalSubjectAccessReview": _subject_access,
    "SelfSubjectAccessReview": _self_access,
    "SelfSubjectReview": _self,
    "SelfSubjectRulesReview": _rules,
    "SubjectAccessReview": _subject_access,
    "TokenReview": _token,
}
