"""Continue tokens: where the next chunk of a list begins, and at which revision.

Source: k8s.io/apiserver/pkg/storage/continue.go@v1.36.2.
"""

import base64
import binascii
import json
import posixpath
from typing import NamedTuple

from insideout.apiserver.objects import go_json
from insideout.apiserver.status import StatusError, bad_request

_VERSION = "meta.k8s.io/v1"
LATEST = -1
"""The revision of a token that goes on in the present, because its own revision was compacted."""


class Continue(NamedTuple):
    """The revision of the first chunk and the key that the next one starts at."""

    revision: int
    start: str


def encode_token(token: Continue, prefix: str) -> str:
    """Return the token as clients carry it; keys in it are relative to `prefix`."""
    fields = {"v": _VERSION, "rv": token.revision, "start": token.start.removeprefix(prefix)}
    wire = json.dumps(fields, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(wire).decode().rstrip("=")


def decode_token(text: str, prefix: str) -> Continue:
    """Return what a client's token means; raise 400 when it is not one of ours."""
    try:
        wire = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as problem:
        raise _refused(f"continue key is not valid: {problem}") from None
    try:
        fields = go_json.loads(wire)
        version, revision, start = fields.get("v", ""), int(fields.get("rv", 0)), str(fields.get("start", ""))
    except ValueError as problem:
        raise _refused(f"continue key is not valid: {problem}") from None
    except (AttributeError, TypeError):
        what = "Go value of type storage.continueToken"
        found = {str: "string", list: "array", bool: "bool"}.get(type(fields), "number")
        raise _refused(f"continue key is not valid: json: cannot unmarshal {found} into {what}") from None
    if version != _VERSION:
        raise _refused(f"continue key is not valid: server does not recognize this encoded version {version}")
    if revision == 0:
        raise _refused(
            "continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)"
        )
    if not start:
        raise _refused("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
    path = start if start.startswith("/") else f"/{start}"
    if posixpath.normpath(path) != path:  # a client must not climb out of the prefix
        raise _refused(f"continue key is not valid: {start}")
    return Continue(revision, prefix + path[1:])


def _refused(why: str) -> StatusError:
    return bad_request(f"invalid continue token: {why}")
