"""The parameters of a policy: objects that a binding names or selects, each asked about in turn.

Source: k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go:CollectParams@v1.36.2.
"""

from collections.abc import Callable, Iterable
from typing import Any

from insideout.apimachinery import selectors
from insideout.apiserver.kinds import Kind

Object = dict[str, Any]
Find = Callable[[Kind, str], Iterable[Object]]
"""Returns the objects of a kind in a namespace, all of them for ""."""


class ParamsError(Exception):
    """There are no parameters as the binding wants them."""


def params_of(
    kind: Kind | None, policy: Object, binding: Object, namespace: str, find: Find
) -> list[Object | None]:
    """Return the parameters for a request in `namespace`: one None where there are to be none.

    `kind` is the policy's paramKind, as it is served.  Raises ParamsError.
    """
    wanted, ref = policy.get("paramKind"), binding.get("paramRef")
    if wanted is None or ref is None:
        return [None]
    assert kind is not None  # a policy whose kind is not served is not asked
    place = ""
    if kind.namespaced:
        place = ref.get("namespace") or namespace
        if not place:
            raise ParamsError(
                "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
            )
    elif ref.get("namespace"):
        raise ParamsError("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    found: list[Object | None] = [each for each in find(kind, place) if _is_meant(ref, each)]
    if not found and ref.get("parameterNotFoundAction") == "Deny":
        raise ParamsError("no params found for policy binding with `Deny` parameterNotFoundAction")
    return found


def _is_meant(ref: Object, obj: Object) -> bool:
    if ref.get("name"):
        return bool(obj["metadata"]["name"] == ref["name"])
    selector = selectors.from_object(ref.get("selector") or {})
    return selector is None or selector.matches(obj["metadata"].get("labels") or {})
