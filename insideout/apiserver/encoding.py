"""JSON values as the bytes of a response."""

import json
from typing import Any

import yaml

from insideout.apiserver.negotiation import YAML
from insideout.apiserver.requests import Response


def encode(value: Any) -> bytes:
    """Return a JSON value as compact JSON text."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def encode_events(events: list[dict[str, Any]]) -> bytes:
    """Return the events of a watch, a line each."""
    return b"".join(encode(event) + b"\n" for event in events)


def encode_body(response: Response) -> bytes:
    """Return the body of a response that is not a watch; YAML has its keys sorted, as upstream."""
    if isinstance(response.body, str):
        return response.body.encode()
    if response.content_type == YAML:
        return yaml.safe_dump(response.body).encode()
    return encode(response.body)
