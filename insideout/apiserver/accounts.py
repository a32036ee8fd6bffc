"""Service accounts: tokens for them, who a token belongs to, and what every pod gets of its account.

A token dies with its account, and with the object that it is bound to.

Source: pkg/registry/core/serviceaccount/storage/token.go, pkg/serviceaccount/claims.go,
pkg/apis/authentication/validation/validation.go@v1.36.2.
"""

import hmac
from datetime import timedelta
from typing import Any

from insideout.apimachinery import timestamps
from insideout.apiserver.kinds import TOKEN_REQUEST, Kind
from insideout.apiserver.naming import new_uid
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import bad_request, conflict, invalid, unauthorized
from insideout.apiserver.tokens import ISSUER, Claims, Tokens
from insideout.apiserver.users import ADMINISTRATOR, User, account_groups, account_name
from insideout.store import KeyValue

Object = dict[str, Any]

_DEFAULT_S, _SHORTEST_S, _LONGEST_S = 3600, 600, 2**32
_BOUND = {"Pod": ("pods", "pod"), "Secret": ("secrets", "secret"), "Node": ("nodes", "node")}


class Accounts:
    """The service accounts of a cluster, as its server knows them."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._tokens = Tokens()
        self._static: dict[str, User] = {}

    def add_token(self, token: str, user: User = ADMINISTRATOR) -> None:
        """Take `token` for `user`, as a file of static tokens would."""
        self._static[token] = user

    def authenticate(self, authorization: str) -> User:
        """Return the user whose token an Authorization header carries; raise 401 when it is nobody's."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorized()
        try:
            return self.user_of(token.strip())[0]
        except ValueError:
            raise unauthorized() from None

    def user_of(self, token: str) -> tuple[User, list[str]]:
        """Return whose a token is and its audiences; raise ValueError with the reason when nobody's."""
        for known, user in self._static.items():
            if hmac.compare_digest(known.encode(), token.encode("utf-8", "replace")):
                return user, [ISSUER]
        claims = self._tokens.read(token, self._resources.loop.time().timestamp())
        return self._account_user(claims), claims["aud"]

    def _account_user(self, claims: Claims) -> User:
        said = claims["kubernetes.io"]
        namespace, account = said["namespace"], said["serviceaccount"]
        pair = self._find("serviceaccounts", namespace, account["name"])
        if pair is None or pair.value.object["metadata"]["uid"] != account["uid"]:
            raise ValueError("service account token has been invalidated")
        extra = {"authentication.kubernetes.io/credential-id": [f"JTI={claims['jti']}"]}
        for plural, key in _BOUND.values():
            bound = said.get(key)
            if bound is None:
                continue
            found = self._find(plural, namespace, bound["name"])
            is_gone = found is None or found.value.object["metadata"]["uid"] != bound["uid"]
            if is_gone and (key != "node" or "pod" not in said):
                raise ValueError("service account token has been invalidated")
            extra[f"authentication.kubernetes.io/{key}-name"] = [bound["name"]]
            extra[f"authentication.kubernetes.io/{key}-uid"] = [bound["uid"]]
        name = account_name(namespace, account["name"])
        return User(name, account_groups(namespace), account["uid"], extra)

    def request(self, kind: Kind, namespace: str, name: str, body: Object) -> Object:
        """Answer POST .../serviceaccounts/NAME/token."""
        metadata, spec = body["metadata"], body.get("spec") or {}
        self._check_place(metadata, namespace, name)
        account = self._resources.get(kind, namespace, name).object["metadata"]
        given = metadata.get("uid")
        if given and given != account["uid"]:
            why = f"the UID in the token request ({given}) does not match the UID of the service account "
            raise conflict(TOKEN_REQUEST, name, f"{why}({account['uid']})")
        audiences = spec.get("audiences") or [ISSUER]
        seconds = spec.get("expirationSeconds")
        seconds = _DEFAULT_S if seconds is None else seconds
        if causes := _lifetime(seconds):
            raise invalid(TOKEN_REQUEST, "", causes)
        now = self._resources.loop.time()
        bound = self._bound(spec.get("boundObjectRef"), namespace, name)
        instant = int(now.timestamp())
        claims: Claims = {
            "aud": audiences,
            "exp": instant + seconds,
            "iat": instant,
            "iss": ISSUER,
            "jti": new_uid(self._resources.loop.rng("apiserver/tokens")),
            "kubernetes.io": {
                "namespace": namespace,
                **bound,
                "serviceaccount": {"name": name, "uid": account["uid"]},
            },
            "nbf": instant,
            "sub": account_name(namespace, name),
        }
        expires = timestamps.seconds(now + timedelta(seconds=seconds))
        place = {"name": name, "namespace": namespace, "uid": account["uid"]}
        return {
            **body,
            "metadata": {**place, "creationTimestamp": timestamps.seconds(now)},
            "spec": {"boundObjectRef": None, **spec, "audiences": audiences, "expirationSeconds": seconds},
            "status": {"token": self._tokens.sign(claims), "expirationTimestamp": expires},
        }

    @staticmethod
    def _check_place(metadata: Object, namespace: str, name: str) -> None:
        for key, wanted in (("name", name), ("namespace", namespace)):
            given = metadata.get(key)
            if given and given != wanted:
                detail = f"must match the service account {key} if specified"
                raise invalid(TOKEN_REQUEST, name, [field.invalid(f"metadata.{key}", given, detail)])

    def _bound(self, reference: Object | None, namespace: str, account: str) -> Object:
        """Return the claims about what a token is bound to; raise 400, 404 or 409."""
        if reference is None:
            return {}
        version, kind_name = reference.get("apiVersion", ""), reference.get("kind", "")
        if version != "v1" or kind_name not in _BOUND:
            shown = f"{version}, Kind={kind_name}" if "/" in version else f"/{version}, Kind={kind_name}"
            raise bad_request(f"cannot bind token to object of type {shown}")
        plural, key = _BOUND[kind_name]
        kind = self._kind(plural)
        found = self._resources.get(kind, namespace, reference.get("name", "")).object
        metadata, spec = found["metadata"], found.get("spec") or {}
        if key == "pod" and spec.get("serviceAccountName", "default") != account:
            why = f'cannot bind token for serviceaccount "{account}" to pod running with different '
            raise bad_request(f"{why}serviceaccount name.")
        if reference.get("uid") and reference["uid"] != metadata["uid"]:
            why = f"the UID in the bound object reference ({reference['uid']}) does not match the UID in "
            why += "record. The object might have been deleted and then recreated"
            raise conflict(kind, metadata["name"], why)
        bound = {key: {"name": metadata["name"], "uid": metadata["uid"]}}
        node = self._find("nodes", "", spec["nodeName"]) if key == "pod" and spec.get("nodeName") else None
        if node is not None:
            about = node.value.object["metadata"]
            bound["node"] = {"name": about["name"], "uid": about["uid"]}
        return bound

    def _find(self, plural: str, namespace: str, name: str) -> KeyValue | None:
        kind = self._kind(plural)
        return self._resources.find(kind, namespace if kind.namespaced else "", name)

    def _kind(self, plural: str) -> Kind:
        kind = self._resources.registry.named(plural)
        assert kind is not None  # built in
        return kind

    def review(self, review: Object) -> Object:
        """Return the status of a TokenReview; raise 400 when it holds no token."""
        spec = review.get("spec") or {}
        if not spec.get("token"):
            raise bad_request("token is required for TokenReview in authentication")
        wanted = spec.get("audiences") or [ISSUER]
        try:
            user, audiences = self.user_of(spec["token"])
        except ValueError as problem:
            return {"user": {}, "error": str(problem)}
        agreed = [each for each in audiences if each in wanted]
        if not agreed:
            shown = f"token audiences {_go(audiences)} is invalid for the target audiences {_go(wanted)}"
            return {"user": {}, "error": f"[invalid bearer token, {shown}]"}
        return {"authenticated": True, "user": user.info(), "audiences": agreed}


def _lifetime(seconds: int) -> Causes:
    path = "spec.expirationSeconds"
    if seconds < _SHORTEST_S:
        return [field.invalid(path, seconds, "may not specify a duration less than 10 minutes")]
    if seconds > _LONGEST_S:
        return [field.invalid(path, seconds, "may not specify a duration larger than 2^32 seconds")]
    return []


def _go(values: list[str]) -> str:
    return "[" + " ".join(f'"{each}"' for each in values) + "]"
