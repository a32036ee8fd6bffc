"""Every answer other than success: a Status object with code, reason, message and details.

Source: k8s.io/apimachinery/pkg/api/errors/errors.go, k8s.io/apimachinery/pkg/util/validation/field/errors.go
@v1.36.2 (wording).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.kinds import Kind


class Cause(NamedTuple):
    """One reason for a refusal, such as ("FieldValueRequired", "spec.containers", "Required value")."""

    reason: str
    field: str
    message: str


class StatusError(Exception):
    """A refusal: `status` is the Status object that the client gets."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
        }
        if reason:
            self.status["reason"] = reason
        if details is not None:
            self.status["details"] = details
        self.status["code"] = code


def success(details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the Status that says a request without a better answer succeeded."""
    status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return {**status, "details": details} if details is not None else status


def _resource_details(kind: Kind, name: str) -> dict[str, Any]:
    details = {"name": name, "group": kind.group, "kind": kind.plural}
    return {key: value for key, value in details.items() if value}


def not_found(kind: Kind, name: str) -> StatusError:
    """404: no such object."""
    message = f"{kind.qualified_resource} {go_quote(name)} not found"
    return StatusError(404, "NotFound", message, _resource_details(kind, name))


def unknown_path() -> StatusError:
    """404: the group and version are served, the resource is not."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(kind: Kind, name: str) -> StatusError:
    """409: an object with this name is there."""
    message = f"{kind.qualified_resource} {go_quote(name)} already exists"
    return StatusError(409, "AlreadyExists", message, _resource_details(kind, name))


def generate_name_conflict(kind: Kind, name: str) -> StatusError:
    """409: the name is taken, and the server was to generate one."""
    message = (
        f"{kind.qualified_resource} {go_quote(name)} already exists, "
        "the server was not able to generate a unique name for the object"
    )
    details = {**_resource_details(kind, name), "retryAfterSeconds": 1}
    return StatusError(409, "AlreadyExists", message, details)


MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
"""Why a write with a stale resourceVersion is refused."""


def conflict(kind: Kind, name: str, why: str = MODIFIED) -> StatusError:
    """409: the object is not in the state that the request demands."""
    message = f"Operation cannot be fulfilled on {kind.qualified_resource} {go_quote(name)}: {why}"
    return StatusError(409, "Conflict", message, _resource_details(kind, name))


def apply_conflict(causes: Sequence[Cause], message: str) -> StatusError:
    """409: a field that the applied configuration sets belongs to another manager."""
    return StatusError(409, "Conflict", message, {"causes": _wire(causes)})


def forbidden(kind: Kind, name: str, why: str, causes: Sequence[Cause] = ()) -> StatusError:
    """403: an admission rule refuses the request."""
    subject = f"{kind.qualified_resource} {go_quote(name)}" if name else kind.qualified_resource
    details = _resource_details(kind, name)
    if causes:
        details["causes"] = _wire(causes)
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {why}", details)


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> StatusError:
    """422: validation found `causes`; the message names each once."""
    message = f"{kind.qualified_kind} {go_quote(name)} is invalid"
    texts = dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes)
    if len(texts) == 1:
        message = f"{message}: {next(iter(texts))}"
    elif texts:
        message = f"{message}: [{', '.join(texts)}]"
    details: dict[str, Any] = {"name": name, "group": kind.group, "kind": kind.kind}
    details = {key: value for key, value in details.items() if value}
    if causes:
        details["causes"] = _wire(causes)
    return StatusError(422, "Invalid", message, details)


def bad_request(message: str) -> StatusError:
    """400: the request makes no sense."""
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    """401: no token, or not the right one."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def expired(message: str) -> StatusError:
    """410: the resourceVersion or continue token is older than what is kept."""
    return StatusError(410, "Expired", message)


def method_not_allowed() -> StatusError:
    """405: the path exists, without this method."""
    message = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", message, {})


def not_supported(kind: Kind, action: str) -> StatusError:
    """405: the resource exists, but not with this action."""
    message = f"{action} is not supported on resources of kind {go_quote(kind.qualified_resource)}"
    return StatusError(405, "MethodNotAllowed", message, _resource_details(kind, ""))


def not_acceptable(accepted: Iterable[str]) -> StatusError:
    """406: nothing in Accept can be served."""
    message = f"only the following media types are accepted: {', '.join(accepted)}"
    return StatusError(406, "NotAcceptable", message)


def unsupported_media_type(accepted: Iterable[str]) -> StatusError:
    """415: the body's Content-Type cannot be read here."""
    message = (
        "the body of the request was in an unknown format - accepted media types include: "
        f"{', '.join(accepted)}"
    )
    return StatusError(415, "UnsupportedMediaType", message)


def too_many_requests(message: str, retry_after_s: int = 0, causes: Sequence[Cause] = ()) -> StatusError:
    """429: not now; with a pod's disruption budget as cause, when an eviction must wait."""
    details: dict[str, Any] = {}
    if causes:
        details["causes"] = _wire(causes)
    if retry_after_s:
        details["retryAfterSeconds"] = retry_after_s
    return StatusError(429, "TooManyRequests", message, details)


def too_large(limit_bytes: int) -> StatusError:
    """413: the body is over the limit."""
    message = f"Request entity too large: limit is {limit_bytes}"
    return StatusError(413, "RequestEntityTooLarge", message)


def timeout(message: str, retry_after_s: int = 0, causes: Sequence[Cause] = ()) -> StatusError:
    """504: what the request waits for did not come in time."""
    details: dict[str, Any] = {}
    if causes:
        details["causes"] = _wire(causes)
    if retry_after_s:
        details["retryAfterSeconds"] = retry_after_s
    return StatusError(504, "Timeout", f"Timeout: {message}", details)


def internal_error(message: str) -> StatusError:
    """500: the server itself failed."""
    details = {"causes": [{"message": message}]}
    return StatusError(500, "InternalError", f"Internal error occurred: {message}", details)


def unavailable(message: str) -> StatusError:
    """503: the store cannot be reached."""
    return StatusError(503, "ServiceUnavailable", message)


def _wire(causes: Iterable[Cause]) -> list[dict[str, str]]:
    listed = []
    for cause in causes:
        wire = {"reason": cause.reason, "message": cause.message, "field": cause.field}
        listed.append({key: value for key, value in wire.items() if value})
    return listed
