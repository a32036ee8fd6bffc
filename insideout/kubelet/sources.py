"""ConfigMaps and Secrets as a node's Pods use them: read from the API when they are needed.

Upstream a kubelet watches each of them while a Pod of its node names it; what it says of one that is missing
is the same.

Source: pkg/kubelet/util/manager/watch_based_manager.go:GetObject@v1.36.2.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Literal

from insideout.client import ApiError, Object
from insideout.client.interface import UnreachableError

Kind = Literal["configmap", "secret"]
Read = Callable[[str, str, str], Object]
"""Returns an object by resource, name and namespace; raises ApiError, or UnreachableError while cut off."""
Immutable = dict[tuple[Kind, str], Mapping[str, bytes]]
"""What ConfigMaps and Secrets hold that never change, by what they are and their names."""


class SourceError(Exception):
    """Why something that a container or a volume needs cannot be had; `is_missing` when it does not exist."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.is_missing = is_missing


class Sources:
    """The ConfigMaps and Secrets of one namespace, each as it was when it was first asked for.

    `immutable` has those that never change; those that are found to be so are added.
    """

    def __init__(self, read: Read, namespace: str, immutable: Immutable | None = None) -> None:
        self.namespace = namespace
        self._read = read
        self._immutable = {} if immutable is None else immutable
        self._found: Immutable = {**self._immutable}

    def data(self, kind: Kind, name: str, *, optional: bool = False) -> Mapping[str, bytes]:
        """Return what an object holds by key: nothing for one that is optional and not there; SourceError."""
        if (kind, name) not in self._found:
            try:
                found = self._read(f"{kind}s", name, self.namespace)
            except UnreachableError:
                what = f"failed to sync {kind} cache: timed out waiting for the condition"
                raise SourceError(what) from None
            except ApiError as refused:
                if refused.code != 404:
                    raise SourceError(str(refused)) from None
                if optional:
                    return {}
                raise SourceError(f'{kind} "{name}" not found', is_missing=True) from None
            self._found[kind, name] = _secret(found) if kind == "secret" else _config_map(found)
            if found.get("immutable"):
                self._immutable[kind, name] = self._found[kind, name]
        return self._found[kind, name]


def _config_map(found: Object) -> Mapping[str, bytes]:
    texts = {key: str(text).encode() for key, text in (found.get("data") or {}).items()}
    return texts | _decoded(found.get("binaryData"))


def _secret(found: Object) -> Mapping[str, bytes]:
    return _decoded(found.get("data"))


def _decoded(values: Mapping[str, str] | None) -> dict[str, bytes]:
    try:
        return {key: base64.b64decode(value or "") for key, value in (values or {}).items()}
    except binascii.Error as problem:  # no API server stores such a thing
        raise SourceError(str(problem)) from None
