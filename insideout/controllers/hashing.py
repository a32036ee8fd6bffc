"""The short hashes in the names of ReplicaSets and ControllerRevisions.

Both are a 32-bit FNV hash, printed in decimal and spelt in letters that form no words.  Upstream hashes a
Deployment's template as Go's debug printer shows it, which names every Go type and field; here canonical JSON
is hashed, so a ReplicaSet's suffix has the form of upstream's and another value.

Source: pkg/controller/controller_utils.go:ComputeHash, pkg/controller/history/controller_history.go
:HashControllerRevision, staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go:SafeEncodeString@v1.36.2.
"""

import json
from collections.abc import Mapping
from typing import Any

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels, and none of 0, 1 and 3, which look like letters."""

_OFFSET_BASIS = 2166136261
_PRIME = 16777619
_MASK = 0xFFFFFFFF


def fnv1_32(data: bytes) -> int:
    """Return the FNV-1 hash: multiply, then add the byte."""
    value = _OFFSET_BASIS
    for byte in data:
        value = value * _PRIME & _MASK ^ byte
    return value


def fnv1a_32(data: bytes) -> int:
    """Return the FNV-1a hash: add the byte, then multiply."""
    value = _OFFSET_BASIS
    for byte in data:
        value = (value ^ byte) * _PRIME & _MASK
    return value


def safe_encode(number: int) -> str:
    """Spell a number: each decimal digit's character code, modulo 27, picks a letter."""
    return "".join(ALPHABET[ord(digit) % len(ALPHABET)] for digit in str(number))


def template_hash(template: Mapping[str, Any], collision_count: int | None = None) -> str:
    """Return the pod-template-hash of a Deployment's template; a collision count makes it another one."""
    data = canonical_json(template)
    if collision_count is not None:
        data += collision_count.to_bytes(4, "little") + bytes(4)
    return safe_encode(fnv1a_32(data))


def revision_hash(data: Mapping[str, Any], collision_count: int | None = None) -> str:
    """Return the controller-revision-hash of a ControllerRevision's data."""
    raw = canonical_json(data)
    if collision_count is not None:
        raw += str(collision_count).encode()
    return safe_encode(fnv1_32(raw))


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """Write JSON with sorted keys and no spaces, so that equal values are equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
