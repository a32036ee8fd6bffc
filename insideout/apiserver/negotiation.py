"""Which form of an answer a client accepts: JSON, YAML or protobuf; whole objects, their metadata or a table.

Left out: a client that takes protobuf or JSON gets JSON, whatever it names first, as both say the same; only
watches of endpoints, which every node has, come in protobuf then, so that their size is the real one.

Source: k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, and go-restful's route selection,
which comes first for built-in kinds (its words for 406 and 415)@v1.36.2.
"""

from collections.abc import Sequence
from typing import NamedTuple

from insideout.apiserver import protobuf
from insideout.apiserver.kinds import Kind
from insideout.apiserver.requests import Request
from insideout.apiserver.status import StatusError, not_acceptable, unsupported_media_type

JSON, YAML = "application/json", "application/yaml"
OUTPUTS = (JSON, YAML)
_SHOWN = (JSON, YAML, protobuf.MEDIA_TYPE)
"""The media types that messages name."""

_PROTOBUF_FIRST = ("endpoints", "endpointslices.discovery.k8s.io")
"""Resources whose watches come in protobuf when that is named before JSON."""

_WITH_TABLE = ("", "status", "scale")
"""Subresources that can be shown as a table; neither can what is answered at once, such as a review."""

_PATCHES = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}


class Form(NamedTuple):
    """A media type and what the objects are shown as: "", "Table", "PartialObjectMetadata" or its List."""

    media_type: str = JSON
    shown_as: str = ""
    version: str = "v1"


class Clause(NamedTuple):
    """One alternative of an Accept header, such as application/json;as=Table;g=meta.k8s.io;v=v1."""

    media_type: str
    parameters: dict[str, str]


def clauses(accept: str) -> list[Clause]:
    """Return the alternatives of an Accept header, the most wanted first."""
    found = []
    for part in accept.split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        pairs = dict(piece.split("=", 1) for piece in parameters if "=" in piece)
        try:
            weight = float(pairs.pop("q", "1"))
        except ValueError:
            weight = 1.0
        found.append((-weight, Clause(media_type.lower(), pairs)))
    return [clause for _, clause in sorted(found, key=lambda each: each[0])]


def negotiate(
    kind: Kind, request: Request, *, watch: bool = False, single: bool = False, subresource: str = ""
) -> Form:
    """Return the form of the answer; raise 406 when nothing that the client accepts can be had.

    `single`: the request is a GET of one object, whose path never answers with a stream.
    """
    accept = request.headers.get("accept", "")
    if not accept:
        return Form()
    wanted = clauses(accept)
    if kind.definition is None and not any(_served(each.media_type, _SHOWN) for each in wanted):
        available = ", ".join(_SHOWN if single else (*_SHOWN, "application/json;stream=watch"))
        message = f"406: Not Acceptable\n\nAvailable representations: {available}"
        raise StatusError(406, "NotAcceptable", message, {})
    binary = (protobuf.MEDIA_TYPE,) if protobuf.has_message(kind) else ()
    at_once = watch and kind.qualified_resource in _PROTOBUF_FIRST
    for outputs in [(*OUTPUTS, *binary)] if at_once else [OUTPUTS, binary]:
        form = _first(wanted, outputs, tables=kind.verbs != ("create",) and subresource in _WITH_TABLE)
        if form is not None:
            return form
    raise not_acceptable(_SHOWN)


def _first(wanted: Sequence[Clause], outputs: Sequence[str], *, tables: bool) -> Form | None:
    """Return the most wanted form that one of these media types has; `tables` says whether a table is one."""
    for clause in wanted:
        for media_type in outputs:
            form = _form(media_type, clause.parameters) if _served(clause.media_type, (media_type,)) else None
            if form is not None and (tables or form.shown_as != "Table"):
                return form
    return None


def check_stream(request: Request) -> None:
    """Raise 406 when a watch's events are wanted in a form that is no stream, such as YAML."""
    accept = request.headers.get("accept", "")
    if accept and not any(_served(each.media_type, (JSON, protobuf.MEDIA_TYPE)) for each in clauses(accept)):
        raise not_acceptable(f"{each};stream=watch" for each in (JSON, protobuf.MEDIA_TYPE))


def error_type(request: Request) -> str:
    """Return the media type in which a refusal is told: what the client accepts, else JSON."""
    return fitting(request) or JSON


def fitting(request: Request) -> str:
    """Return the media type that a client wants most; protobuf only where it takes nothing else, else ""."""
    wanted = clauses(request.headers.get("accept") or "*/*")
    for outputs in (OUTPUTS, (protobuf.MEDIA_TYPE,)):
        for clause in wanted:
            for media_type in outputs:
                if _served(clause.media_type, (media_type,)):
                    return media_type
    return ""


def _served(wanted: str, served: Sequence[str]) -> bool:
    kind = wanted.split("/")[0]
    return wanted == "*/*" or any(each == wanted or f"{kind}/*" == wanted for each in served)


def _form(media_type: str, parameters: dict[str, str]) -> Form | None:
    shown_as = parameters.get("as", "")
    version, stream = parameters.get("v", "v1"), parameters.get("stream", "")
    if stream not in ("", "watch"):
        return None
    if not shown_as:
        return Form(media_type) if not parameters.get("g") and "v" not in parameters else None
    served = shown_as in ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
    if media_type == protobuf.MEDIA_TYPE and (shown_as == "Table" or version != "v1"):
        return None
    if served and parameters.get("g") == "meta.k8s.io" and version in ("v1", "v1beta1"):
        return Form(media_type, shown_as, version)
    return None


def body_type(request: Request) -> str:
    """Return the media type of a body that holds an object; raise 415 when it cannot be read."""
    media_type = _bare(request) or JSON
    if media_type not in (*OUTPUTS, protobuf.MEDIA_TYPE):
        raise unsupported_media_type(_SHOWN)
    return media_type


def patch_type(kind: Kind, request: Request) -> str:
    """Return which patch a body holds (json, merge, strategic, apply); raise 415 for anything else."""
    media_type = _bare(request)
    type_ = _PATCHES.get(media_type)
    if kind.definition is None:
        if type_ is None:
            raise StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
        return type_
    if type_ in (None, "strategic"):
        raise unsupported_media_type(each for each, name in _PATCHES.items() if name != "strategic")
    return str(type_)


def _bare(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip()
