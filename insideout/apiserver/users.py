"""Who asks: a name, groups, and what else a server knows of a user, for as long as a request runs.

The components in this process are the cluster's administrator for the server, as kubeadm's files make them
members of its own group; so is the token of the HTTP door.

Source: k8s.io/apiserver/pkg/authentication/user/user.go, .../serviceaccount/util.go@v1.36.2.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from insideout.apiserver.requests import ADMIN, ADMIN_GROUPS

MASTERS = "system:masters"
AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
ANONYMOUS = "system:anonymous"
_ACCOUNT = "system:serviceaccount:"


class User(NamedTuple):
    """One user of the API."""

    name: str = ADMIN
    groups: Sequence[str] = ADMIN_GROUPS
    uid: str = ""
    extra: Mapping[str, list[str]] = {}

    @property
    def is_master(self) -> bool:
        """Whether the user may do everything, whatever the roles say."""
        return MASTERS in self.groups

    def info(self) -> dict[str, Any]:
        """Return the user as reviews show it."""
        found = {"username": self.name, "uid": self.uid, "groups": list(self.groups)}
        shown: dict[str, Any] = {key: value for key, value in found.items() if value}
        return {**shown, "extra": dict(self.extra)} if self.extra else shown


ADMINISTRATOR = User()
_ASKING: ContextVar[User] = ContextVar("asking", default=ADMINISTRATOR)


def asking() -> User:
    """Return the user whose request is being answered."""
    return _ASKING.get()


@contextmanager
def as_user(user: User) -> Iterator[None]:
    """Let `user` be who asks."""
    token = _ASKING.set(user)
    try:
        yield
    finally:
        _ASKING.reset(token)


def account_name(namespace: str, name: str) -> str:
    """Return the user name of a service account."""
    return f"{_ACCOUNT}{namespace}:{name}"


def account_of(user_name: str) -> tuple[str, str] | None:
    """Return namespace and name of the service account that a user is, None for another user."""
    namespace, colon, name = user_name.removeprefix(_ACCOUNT).partition(":")
    return (namespace, name) if user_name.startswith(_ACCOUNT) and colon and ":" not in name else None


def account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups of a service account."""
    return "system:serviceaccounts", f"system:serviceaccounts:{namespace}", AUTHENTICATED
