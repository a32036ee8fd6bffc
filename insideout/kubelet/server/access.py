"""Who asks a kubelet, and whether they may: the API server is asked both, as by every kubelet.

A client is known by a certificate, or by a token that the API server reviews.  Each path is a subresource of
the node, and a right to it is what RBAC gives for `nodes/proxy`, `nodes/metrics` and so on.  Answers are kept
for a while.

Source: pkg/kubelet/server/auth.go, cmd/kubelet/app/auth.go, and for how long pkg/kubelet/apis/config/v1beta1/
defaults.go@v1.36.2.
"""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from insideout.apiserver.users import AUTHENTICATED, User
from insideout.client import ApiError, Client
from insideout.sim import Loop

Object = dict[str, Any]
Refusal = tuple[int, str]
"""A status code and why."""
T = TypeVar("T")

TOKEN_S, ALLOWED_S, REFUSED_S = 120.0, 300.0, 30.0
"""How long it is remembered whose a token is, that somebody may, and that somebody may not."""
MOST_REMEMBERED = 10_000

_VERBS = {"POST": "create", "GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_BESIDE_PROXY = {"/pods": "pods", "/healthz": "healthz", "/configz": "configz", "/runningpods": "pods"}
_ALONE = {
    "/stats": "stats",
    "/metrics": "metrics",
    "/logs": "log",
    "/checkpoint": "checkpoint",
    "/statusz": "statusz",
    "/flagz": "configz",
}


class Access:
    """Asks the API server through `client`; to be called between two events of `loop`."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._remembered: dict[Hashable, tuple[float, Any]] = {}

    def refusal(
        self, node: str, method: str, path: str, certificate: Mapping[str, Any] | None, authorization: str
    ) -> Refusal | None:
        """Return why a request is refused, None when it is not.

        `certificate` is one that our authority signed, as `ssl.SSLSocket.getpeercert` has it.
        """
        user = user_of(certificate) if certificate else self._by_token(authorization)
        if user is None:
            return 401, "Unauthorized"
        verb, asked = _VERBS.get(method, ""), subresources(path)
        try:
            if any(self._may(user, node, verb, subresource) for subresource in asked):
                return None
        except (ApiError, OSError):
            first = f"(user={user.name}, verb={verb}, resource=nodes, subresource={asked[0]})"
            return 500, f"Authorization error {first}"
        named = f"user={user.name}, verb={verb}, resource=nodes, subresource(s)=[{' '.join(asked)}]"
        return 403, f"Forbidden ({named})\n"

    def _by_token(self, authorization: str) -> User | None:
        """Return whose token it is; None when the API server does not know it, or cannot be asked."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return None
        known: User | None = self._recall(("token", token))
        if known is None:
            review = {"spec": {"token": token.strip()}}
            try:
                status = self._client.create("tokenreviews.authentication.k8s.io", review)["status"]
            except (ApiError, OSError):
                return None
            if not status.get("authenticated"):
                return None
            info = status["user"]
            known = User(
                info.get("username", ""),
                tuple(info.get("groups") or ()),
                info.get("uid", ""),
                info.get("extra") or {},
            )
            self._remember(("token", token), known, TOKEN_S)
        return known

    def _may(self, user: User, node: str, verb: str, subresource: str) -> bool:
        key = (user.name, tuple(user.groups), node, verb, subresource)
        known: bool | None = self._recall(key)
        if known is None:
            attributes = {"verb": verb, "version": "v1", "resource": "nodes"}
            attributes |= {"subresource": subresource, "name": node}
            spec: Object = {"user": user.name, "groups": list(user.groups), "resourceAttributes": attributes}
            spec |= {"uid": user.uid} if user.uid else {}
            spec |= {"extra": dict(user.extra)} if user.extra else {}
            review = self._client.create("subjectaccessreviews.authorization.k8s.io", {"spec": spec})
            known = bool(review["status"].get("allowed"))
            self._remember(key, known, ALLOWED_S if known else REFUSED_S)
        return known

    def _recall(self, key: Hashable) -> Any:
        until_s, value = self._remembered.get(key, (0.0, None))
        return value if until_s > self._loop.now_s else None

    def _remember(self, key: Hashable, value: object, for_s: float) -> None:
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = (self._loop.now_s + for_s, value)


def user_of(certificate: Mapping[str, Any]) -> User:
    """Return the user that a certificate names: CN is the name, each O a group."""
    named = [pair for part in certificate.get("subject") or () for pair in part]
    name = next((text for key, text in named if key == "commonName"), "")
    groups = tuple(text for key, text in named if key == "organizationName")
    return User(name, (*groups, AUTHENTICATED))


def subresources(path: str) -> list[str]:
    """Return of which subresource of the node a right is needed: any of these is enough."""
    alone = next((name for root, name in _ALONE.items() if _is_below(root, path)), "")
    beside = [name for root, name in _BESIDE_PROXY.items() if _is_below(root, path)]
    return [*beside, alone or "proxy"]


def _is_below(root: str, path: str) -> bool:
    return path == root or path.startswith(f"{root}/")
