"""Questions about the client itself, answered at once: who am I, and may I.

There is one user, an administrator, who may do everything; no roles are modelled.

Source: pkg/registry/authentication/selfsubjectreview, pkg/registry/authorization/selfsubject*@v1.36.2.
"""

from typing import Any

from insideout.apiserver.requests import ADMIN_GROUPS

Object = dict[str, Any]

_EVERYTHING = "*"


def answer(review: Object, user: str) -> Object:
    """Return a review with its answer as status."""
    kind = review["kind"]
    if kind == "SelfSubjectReview":
        status: Object = {"userInfo": {"username": user, "groups": list(ADMIN_GROUPS)}}
    elif kind == "SelfSubjectAccessReview":
        status = {"allowed": True}
    else:
        rule = {"verbs": [_EVERYTHING], "apiGroups": [_EVERYTHING], "resources": [_EVERYTHING]}
        paths = {"verbs": [_EVERYTHING], "nonResourceURLs": [_EVERYTHING]}
        status = {"resourceRules": [rule], "nonResourceRules": [paths], "incomplete": False}
    return {**review, "status": status}
