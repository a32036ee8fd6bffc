"""What expressions see of a request.

Source: k8s.io/apiserver/pkg/admission/plugin/cel/{activation,condition}.go@v1.36.2.
"""

from collections.abc import Callable
from typing import Any

from insideout.apiserver.cel.functions.authorization import Asked, Authorizer, Check
from insideout.apiserver.cel.functions.times import parse_timestamp
from insideout.apiserver.kinds import Kind
from insideout.apiserver.rbac.rules import Attributes as Question
from insideout.apiserver.users import User, account_groups, account_name, asking
from insideout.apiserver.webhooks import review
from insideout.apiserver.webhooks.rules import Attributes

Object = dict[str, Any]
Decides = Callable[[User, Question], tuple[bool, str]]
"""Tells whether a user may do something, and why."""
_TIMES = ("creationTimestamp", "deletionTimestamp")


def variables_of(asked: Attributes, kind: Kind, namespace: Object | None, decides: Decides) -> dict[str, Any]:
    """Return the variables that expressions read of a request, which is seen as `kind`."""
    shown = asked.shown or kind

    def decide(question: Asked) -> tuple[bool, str]:
        user = asking()
        if question.account is not None:
            place, name = question.account
            user = User(account_name(place, name), account_groups(place))
        return decides(user, _question(question))

    resource = Asked(
        group=asked.kind.group,
        resource=asked.kind.plural,
        subresource=asked.subresource,
        namespace=asked.namespace,
        name=asked.name,
    )
    return {
        "object": review.versioned(asked.obj, shown),
        "oldObject": review.versioned(asked.old, shown),
        "request": review.described(asked, kind),
        "namespaceObject": _namespace(namespace),
        "authorizer": Authorizer(decide),
        "authorizer.requestResource": Check(decide, resource),
    }


def _question(asked: Asked) -> Question:
    if asked.path:
        return Question(asked.verb, path=asked.path)
    return Question(
        asked.verb, asked.group, asked.resource, asked.subresource, asked.namespace, asked.name, version="*"
    )


def _namespace(namespace: Object | None) -> Object | None:
    """Return what expressions see of the namespace: its times are moments."""
    if namespace is None:
        return None
    metadata = {key: value for key, value in namespace["metadata"].items() if key != "managedFields"}
    metadata |= {name: parse_timestamp(metadata[name]) for name in _TIMES if metadata.get(name)}
    if "uid" in metadata:
        metadata["UID"] = metadata["uid"]
    return {
        "metadata": metadata,
        "spec": namespace.get("spec") or {},
        "status": namespace.get("status") or {},
    }
