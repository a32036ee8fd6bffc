"""Reading a resourceVersion: clients must treat it as opaque, the server knows that it is a revision.

Source: k8s.io/apiserver/pkg/storage/api_object_versioner.go:ParseResourceVersion@v1.36.2.
"""

import re

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.status import StatusError, bad_request

_MOST = 2**64 - 1


def parse_version(text: str) -> int:
    """Return the revision that `text` means, 0 for none.

    Raises 500 without a reason when it is not a number: upstream's storage returns a bare error here, which
    no layer above knows how to name.
    """
    if text in ("", "0"):
        return 0
    digits = re.fullmatch(r"[0-9]+", text) is not None
    if digits and int(text) <= _MOST:
        return int(text)
    quoted = go_quote(text)
    problem = "value out of range" if digits else "invalid syntax"
    message = f"resourceVersion: Invalid value: {quoted}: strconv.ParseUint: parsing {quoted}: {problem}"
    raise StatusError(500, "", message)


def list_version(text: str) -> int:
    """Return the revision that a list's resourceVersion means; raise 400 when it is not a number."""
    try:
        return parse_version(text)
    except StatusError as problem:
        raise bad_request(f"invalid resource version: {problem}") from None
