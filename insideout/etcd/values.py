"""What lies in the Store under a key: etcd's value with what etcd counts and knows beside it."""

from base64 import b64decode, b64encode
from typing import Any, NamedTuple

from insideout.etcd.keyspace import octets
from insideout.etcd.messages import pb
from insideout.store import KeyValue


class Stored(NamedTuple):
    """A value, how often its key was written since it was created, and the lease it ends with (0: none)."""

    value: bytes
    version: int = 1
    lease: int = 0


def to_json(stored: Stored) -> Any:
    """Return it as JSON, the value as text where it is UTF-8, so that who looks can read it."""
    try:
        return [stored.value.decode("utf-8"), stored.version, stored.lease]
    except UnicodeDecodeError:
        return [{"base64": b64encode(stored.value).decode()}, stored.version, stored.lease]


def from_json(plain: Any) -> Stored:
    """Return what `to_json` was given."""
    value, version, lease = plain
    octets = b64decode(value["base64"]) if isinstance(value, dict) else value.encode("utf-8")
    return Stored(octets, version, lease)


def pair(found: KeyValue, *, keys_only: bool = False) -> Any:
    """Return a key and its value as the message KeyValue."""
    stored: Stored = found.value
    return pb.KeyValue(
        key=octets(found.key),
        value=b"" if keys_only else stored.value,
        create_revision=found.create_revision,
        mod_revision=found.mod_revision,
        version=stored.version,
        lease=stored.lease,
    )
