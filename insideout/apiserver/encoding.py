"""JSON values as the bytes of a response."""

import json
from typing import Any

import yaml

from insideout.apiserver import protobuf
from insideout.apiserver.negotiation import JSON, YAML
from insideout.apiserver.requests import Response, TextStream, WatchStream

Events = list[dict[str, Any]] | str
"""What waits in a stream."""


class _Dumper(yaml.SafeDumper):
    """Writes as Go's library does: no anchors, and text that could be something else in double quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out, however often it comes."""
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    plain = dumper.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    if plain != tag:
        return dumper.represent_scalar(tag, value, style='"')
    return dumper.represent_scalar(tag, value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def encode(value: Any) -> bytes:
    """Return a JSON value as compact JSON text."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def waiting(stream: WatchStream | TextStream) -> Events:
    """Return what waits in a stream to be sent."""
    return stream.read()


def encode_events(events: Events, media_type: str = JSON) -> bytes:
    """Return the events of a watch: a line each, in protobuf a frame each; text as it is."""
    if isinstance(events, str):
        return events.encode()
    if media_type == protobuf.MEDIA_TYPE:
        return protobuf.write_events(events)
    return b"".join(encode(event) + b"\n" for event in events)


def encode_body(response: Response) -> bytes:
    """Return the body of a response that is not a watch; YAML has its keys sorted, as upstream."""
    if isinstance(response.body, bytes):
        return response.body
    if isinstance(response.body, str):
        return response.body.encode()
    if response.content_type == protobuf.MEDIA_TYPE and isinstance(response.body, dict):
        return protobuf.write_object(response.body)
    if response.content_type == YAML:
        return yaml.dump(response.body, Dumper=_Dumper).encode()
    return encode(response.body)
