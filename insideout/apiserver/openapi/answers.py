"""Answers to requests below /openapi.

Source: k8s.io/kube-openapi/pkg/{handler,handler3}/handler.go.
"""

from collections.abc import Sequence

from insideout.apiserver.negotiation import clauses
from insideout.apiserver.openapi.documents import Documents
from insideout.apiserver.paths import NoSuchPathError
from insideout.apiserver.requests import Request, Response

_JSON = ("application/json",)
_PROTOBUF_2 = (
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
)
"""The old name, which is no media type by the standard, and the name that answers carry."""
_TEXT = "text/plain; charset=utf-8"
_FOREVER = {"cache-control": "public, immutable"}  # the hash in the address names this very content


def answer(documents: Documents, request: Request, parts: Sequence[str]) -> Response:
    """Answer a request for /openapi/v3, /openapi/v3/apis/apps/v1, or /openapi/v2, given as its `parts`.

    Raises NoSuchPathError for a document that is not there.
    """
    version, path = parts[1] if len(parts) > 1 else "", "/".join(parts[2:])
    if version == "v3" and not path:
        return Response(200, documents.index()) if _media_type(request, _JSON) else _refused()
    document = None
    if version == "v3":
        document = documents.version_3(path)
    elif version == "v2" and not path:
        document = documents.version_2()
    if document is None:
        raise NoSuchPathError
    media_type = _media_type(request, _JSON if version == "v3" else (*_JSON, *_PROTOBUF_2))
    if not media_type:
        return _refused()
    body = documents.version_2_protobuf() if media_type in _PROTOBUF_2 else document.body
    sent = _PROTOBUF_2[-1] if media_type in _PROTOBUF_2 else media_type
    return _send(document.etag, body, sent, request, f"/openapi/{version}/{path}".rstrip("/"))


def _refused() -> Response:
    return Response(406, "", _TEXT, {"vary": "Accept"})


def _media_type(request: Request, served: Sequence[str]) -> str:
    """Return the media type that a client wants most of those that are served, "" for none."""
    for clause in clauses(request.headers.get("accept") or "*/*"):
        for media_type in served:
            if clause.media_type in (media_type, "application/*", "*/*") and not clause.parameters.get("as"):
                return media_type
    return ""


def _send(etag: str, body: str | bytes, media_type: str, request: Request, path: str) -> Response:
    headers = {"etag": f'"{etag}"', "vary": "Accept"}
    asked = request.parameter("hash")
    if asked and asked != etag:
        return Response(301, "", _TEXT, {"location": f"{path}?hash={etag}", **headers})
    if asked:
        headers |= _FOREVER
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(304, "", headers=headers)
    return Response(200, body, media_type, headers)
