"""The OpenAPI documents that the server answers with.

There is one of version 3 for each group and version of the API, and one of version 2 for all.  A document
is built when it is first asked for, never at boot, and kept until a definition changes what it says.  Its
hash is made of what goes into it, so the index at /openapi/v3 needs no document to be built.

kubectl (1.27 and later) asks for version 3 as JSON.  It asks for version 2 as protobuf only, and only for
what version 3 does not describe, such as a kind that is not served.

Source: k8s.io/kube-openapi/pkg/{handler,handler3}/handler.go.
"""

import hashlib
import json
from typing import Any, NamedTuple

from insideout.apimachinery.version import KUBERNETES_VERSION
from insideout.apiserver.kinds import Kind
from insideout.apiserver.openapi.definitions import Definitions
from insideout.apiserver.openapi.gnostic import write_document
from insideout.apiserver.openapi.paths import paths_of
from insideout.apiserver.registry import Registry


class Document(NamedTuple):
    """A document as it goes over the wire, and the hash that names this state of it."""

    etag: str
    body: str


class Documents:
    """The documents of the kinds in a registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._built: dict[str, Document] = {}
        self._binary: tuple[str, bytes] | None = None

    def index(self) -> str:
        """Return the answer to /openapi/v3: where the document of each group and version is."""
        places = {}
        for group, versions in sorted(self._registry.versions().items()):
            for version in versions:
                path = f"apis/{group}/{version}" if group else f"api/{version}"
                etag = _hash(self._registry.in_version(group, version))
                places[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={etag}"}
        return _dump({"paths": places})

    def version_3(self, path: str) -> Document | None:
        """Return the document at /openapi/v3/`path`, such as "apis/apps/v1"; None when it is not served."""
        prefix, _, rest = path.strip("/").partition("/")
        group, _, version = rest.rpartition("/")
        kinds = self._registry.in_version(group, version) if (prefix == "api") == (not group) else []
        if prefix not in ("api", "apis") or not kinds:
            return None
        return self._document(f"3/{path}", kinds, 3)

    def version_2(self) -> Document:
        """Return the document at /openapi/v2, which describes all kinds."""
        return self._document(
            "2", sorted(self._registry, key=lambda each: (each.group, each.version, each.plural)), 2
        )

    def version_2_protobuf(self) -> bytes:
        """Return the document at /openapi/v2 in protobuf."""
        document = self.version_2()
        if self._binary is None or self._binary[0] != document.etag:
            self._binary = document.etag, write_document(json.loads(document.body))
        return self._binary[1]

    def _document(self, key: str, kinds: list[Kind], openapi_version: int) -> Document:
        etag = _hash(kinds)
        found = self._built.get(key)
        if found is None or found.etag != etag:
            found = Document(etag, _dump(_build(kinds, openapi_version)))
            self._built[key] = found
        return found


def _build(kinds: list[Kind], openapi_version: int) -> dict[str, Any]:
    definitions = Definitions(openapi_version)
    paths: dict[str, Any] = {}
    for kind in kinds:
        name = definitions.add(kind)
        paths |= paths_of(kind, definitions.reference(name), openapi_version)
    document: dict[str, Any] = {
        "info": {"title": "Kubernetes", "version": KUBERNETES_VERSION},
        "paths": dict(sorted(paths.items())),
    }
    if openapi_version == 3:
        return {"openapi": "3.0.0", **document, "components": {"schemas": definitions.schemas()}}
    return {"swagger": "2.0", **document, "definitions": definitions.schemas()}


def _hash(kinds: list[Kind]) -> str:
    """Return a hash of what the document of these kinds is made of."""
    facts = [[KUBERNETES_VERSION, repr(kind), kind.definition] for kind in kinds]
    return hashlib.sha512(_dump(facts).encode()).hexdigest().upper()


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
