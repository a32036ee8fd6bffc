"""Answers to requests below /openapi.

Source: k8s.io/kube-openapi/pkg/{handler,handler3}/handler.go.
"""

from collections.abc import Sequence

from insideout.apiserver.negotiation import clauses
from insideout.apiserver.openapi.documents import Document, Documents
from insideout.apiserver.paths import NoSuchPathError
from insideout.apiserver.requests import Request, Response

_JSON = ("application/json", "application/*", "*/*")
_FOREVER = {"cache-control": "public, immutable"}  # the hash in the address names this very content


def answer(documents: Documents, request: Request, parts: Sequence[str]) -> Response:
    """Answer a request for /openapi/v3, /openapi/v3/apis/apps/v1, or /openapi/v2, given as its `parts`.

    Raises NoSuchPathError for a document that is not there.
    """
    version, path = parts[1] if len(parts) > 1 else "", "/".join(parts[2:])
    if version == "v3" and not path:
        return _checked(request) or Response(200, documents.index())
    document = None
    if version == "v3":
        document = documents.version_3(path)
    elif version == "v2" and not path:
        document = documents.version_2()
    if document is None:
        raise NoSuchPathError
    return _checked(request) or _send(document, request, f"/openapi/{version}/{path}".rstrip("/"))


def _checked(request: Request) -> Response | None:
    """Return 406 for a client that does not take JSON."""
    accept = request.headers.get("accept") or "*/*"
    if any(clause.media_type in _JSON and not clause.parameters.get("as") for clause in clauses(accept)):
        return None
    return Response(406, "", "text/plain; charset=utf-8", {"vary": "Accept"})


def _send(document: Document, request: Request, path: str) -> Response:
    headers = {"etag": f'"{document.etag}"', "vary": "Accept"}
    asked = request.parameter("hash")
    if asked and asked != document.etag:
        return Response(
            301, "", "text/plain; charset=utf-8", {"location": f"{path}?hash={document.etag}", **headers}
        )
    if asked:
        headers |= _FOREVER
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(304, "", headers=headers)
    return Response(200, document.body, headers=headers)
