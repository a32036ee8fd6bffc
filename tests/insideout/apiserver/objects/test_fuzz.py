"""No body, however odd, raises anything but a proper refusal, and what is accepted is stable."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insideout.apiserver.kinds import BUILT_IN, Kind
from insideout.apiserver.objects import decode, normalize, prepare_for_create, set_defaults
from insideout.apiserver.objects.go_scalars import Quantity, Time
from insideout.apiserver.objects.go_types import ListOf, MapOf, Type
from insideout.apiserver.objects.schema import SchemaOr, StructType, struct
from insideout.apiserver.objects.table import strategy_of
from insideout.apiserver.status import StatusError

Object = dict[str, Any]
KINDS = {kind.qualified_resource: kind for kind in BUILT_IN}
QUICK = settings(max_examples=100, deadline=None)
SEEDS = st.integers(0, 2**64)

TEXTS = (
    "", "a", "web", "Bad_Name", "25%", "-1%", "1Gi", "100m", "one", "0", "http", "None", "Always", "::1",
    "10.0.0.300", "10.0.0.1", "10.0.0.0/24", "2026-01-01T00:00:00Z", "x" * 300, "a/b/c", "\x00", "é", "..",
    "ClusterIP", "ExternalName", "LoadBalancer", "In", "Exists", "TCP", "cHc=", "metadata.labels['a']", "Lt",
    "spec.nodeName", "Indexed", "1-3,5", "Local", "UTF-8 \U0001f600", "v1", "apps/v1", "Pod", "NodePort",
    "Recreate",
)  # fmt: skip
NUMBERS = (-3, -1, 0, 1, 2, 3, 80, 300, 65536, 2**31 - 1, -(2**31), 2**31, 2**63, 10**30, 1.5, 1e300)
TIMES = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z", None)
QUANTITIES = ("1", "100m", "1Gi", "0", "-1", 2, "1e3", "0.5")


class Writer:
    """Writes bodies that are right in most places and wrong in some, from a seed that hypothesis draws."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def body(self, kind: Kind) -> Object:
        """Return a body of a kind."""
        body = self._struct(kind.model, 0)
        body.update(apiVersion=kind.api_version, kind=kind.kind)
        body["metadata"] = {"name": "x"}
        if self._random.random() < 0.3:
            body["metadata"] = {"name": self._text(), "labels": {self._text(): self._text()}}
        return body

    def anything(self, depth: int = 0) -> Any:
        """Return any JSON."""
        choice = self._random.randrange(8 if depth < 3 else 5)
        if choice == 6:
            return [self.anything(depth + 1) for _ in range(self._random.randrange(3))]
        if choice == 7:
            return {self._text(): self.anything(depth + 1) for _ in range(self._random.randrange(3))}
        return (self._text(), self._random.choice(NUMBERS), True, False, None, self._text())[choice]

    def _text(self) -> str:
        return self._random.choice(TEXTS)

    def _struct(self, model: str, depth: int) -> Object:
        fields = struct(model).fields
        chosen = [name for name in fields if fields[name].required or self._random.random() < 1 / (2 + depth)]
        if depth > 6:
            chosen = [n for n in chosen if not isinstance(fields[n].type, StructType | ListOf | MapOf)]
        return {name: self._value(fields[name].type, depth + 1) for name in chosen}

    def _value(self, type_: Type, depth: int) -> Any:
        if self._random.random() < 0.01:
            return self.anything()
        if isinstance(type_, StructType):
            return self._struct(type_.model, depth)
        if isinstance(type_, ListOf):
            return [self._value(type_.item, depth + 1) for _ in range(self._random.randrange(3))]
        if isinstance(type_, MapOf):
            return {
                self._text(): self._value(type_.item, depth + 1) for _ in range(self._random.randrange(3))
            }
        if isinstance(type_, SchemaOr):
            return self._random.choice((True, {"type": "object"}, {}))
        if isinstance(type_, Time):
            return self._random.choice(TIMES)
        if isinstance(type_, Quantity):
            return self._random.choice(QUANTITIES)
        zero = type_.zero()
        if isinstance(zero, bool):
            return self._random.random() < 0.5
        return self._random.choice(NUMBERS[:7]) if isinstance(zero, int) else self._text()


def outcome(call: Callable[[], Object], *codes: int) -> Object | None:
    """Return what a write makes, None for a proper refusal; anything else raised fails the test."""
    try:
        return call()
    except StatusError as error:
        refusal = error
    assert refusal.code in codes
    json.dumps(refusal.status, allow_nan=False, ensure_ascii=False).encode()
    return None


@pytest.mark.parametrize("resource", KINDS)
def test_creation_never_raises(resource: str, writes: Any) -> None:
    """A body of any content is stored or refused; what is stored reads back as it is."""
    kind = KINDS[resource]

    @QUICK
    @given(SEEDS)
    def check(seed: int) -> None:
        obj = outcome(lambda: writes.create(resource, Writer(seed).body(kind)), 400, 422)
        if obj is None:
            return
        json.dumps(obj, allow_nan=False)
        again, _ = normalize(kind, copy.deepcopy(obj))
        set_defaults(kind, again)
        assert again == obj

    check()


@pytest.mark.parametrize("resource", KINDS)
def test_updates_never_raise(resource: str, writes: Any) -> None:
    """Any change of an object is stored or refused; the old object stays as it is."""
    kind = KINDS[resource]
    doors = ["", "status", *strategy_of(kind).subresources]

    @QUICK
    @given(SEEDS, SEEDS, st.sampled_from(doors))
    def check(first: int, second: int, subresource: str) -> None:
        def change() -> Object:
            body = {**Writer(first).body(kind), "metadata": {"name": "x", "namespace": "ns"}}
            old, _ = normalize(kind, body)
            set_defaults(kind, old)
            prepare_for_create(kind, old)
            new = Writer(second).body(kind)
            new["metadata"] = {"name": "x", "namespace": "ns", "resourceVersion": "1"}
            return dict(writes.update(resource, old, lambda _: new, subresource))

        outcome(change, 400, 422)

    check()


@settings(max_examples=1000, deadline=None)
@given(st.one_of(st.binary(max_size=60), SEEDS), st.booleans())
def test_any_bytes_are_refused_or_read(given_: bytes | int, as_yaml: bool) -> None:
    """Bytes that are no object get a 400."""
    data = given_ if isinstance(given_, bytes) else json.dumps(Writer(given_).anything()).encode()
    content_type = "application/yaml" if as_yaml else "application/json"
    obj = outcome(lambda: decode(KINDS["pods"], data, content_type)[0], 400)
    assert obj is None or obj["kind"] == "Pod"


HOSTILE = {
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 5_000,
    "deep inside": b'{"spec":' + b'{"x":' * 3_000 + b"1" + b"}" * 3_001,
    "a long number": b'{"spec":{"priority":' + b"9" * 10_000 + b"}}",
    "a huge exponent": b'{"spec":{"priority":1e99999}}',
    "a huge quantity": b'{"spec":{"overhead":{"cpu":"1e999999999"}}}',
    "not a number": b'{"spec":{"priority":NaN}}',
    "half a surrogate": b'{"metadata":{"name":"\\ud800"}}',
    "wrong bytes": b'{"metadata":{"name":"\xff\xfe"}}',
    "a null byte": b'{"metadata":{"name":"\x00"}}',
    "nothing": b"",
    "a BOM": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("content_type", ["application/json", "application/yaml"])
def test_hostile_bodies(name: str, content_type: str) -> None:
    """Depth, size and broken text end in a refusal or in a harmless object."""
    obj = outcome(lambda: decode(KINDS["pods"], HOSTILE[name], content_type)[0], 400)
    json.dumps(obj, allow_nan=False, ensure_ascii=False).encode()


def test_aliases_cannot_explode() -> None:
    """A YAML text of a few lines that means billions of nodes is refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(StatusError, match="excessive aliasing"):
        decode(KINDS["pods"], "\n".join(lines).encode(), "application/yaml")
