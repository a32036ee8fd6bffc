"""Random operations of all kinds, and the answers to them in a form that two servers can share."""

import random
from collections.abc import Iterator
from typing import Any

import grpc

from tests.insideout.etcd.client import Client

KEYS = [b"/a", b"/a/1", b"/a/2", b"/b", b"/b/1", b"z"]
SPANS = [
    (b"/", b"0"),
    (b"/a", b"/b"),
    (b"/a/", b"/a0"),
    (b"/a/1", b"\0"),
    (b"\0", b"\0"),
    (b"/b", b"/a"),
    (b"/a", b"/b/1"),
]
LEASES = [11, 12]

Operation = tuple[str, dict[str, Any]]


def operations(seed: int, count: int, *, compacts: bool = True) -> Iterator[Operation]:
    """Yield calls by their methods' names, with some that are refused."""
    rng = random.Random(seed)
    for id in LEASES:
        yield "LeaseGrant", {"ID": id, "TTL": 300}
    for number in range(count):
        kind = rng.choices(
            ("put", "delete", "range", "txn", "lease", "compact"), (30, 10, 25, 25, 4, 2 * compacts)
        )[0]
        if kind == "put":
            yield "Put", _put(rng, number)
        elif kind == "delete":
            yield "DeleteRange", _delete(rng)
        elif kind == "range":
            yield "Range", _range(rng, number)
        elif kind == "txn":
            yield "Txn", _txn(rng, number, depth=2)
        elif kind == "lease":
            yield rng.choice([
                ("LeaseRevoke", {"ID": rng.choice([*LEASES, 13])}),
                ("LeaseGrant", {"ID": rng.choice(LEASES), "TTL": 300}),
                ("LeaseTimeToLive", {"ID": 14, "keys": True}),
            ])  # fmt: skip
        else:
            yield "Compact", {"revision": rng.randint(0, number + 2)}


def _put(rng: random.Random, number: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"key": rng.choice(KEYS), "prev_kv": rng.random() < 0.5}
    keeps = rng.random()
    if keeps < 0.1:
        return {**fields, "ignore_value": True, "value": rng.choice([b"", b"x"])}
    if keeps < 0.2:
        return {**fields, "ignore_lease": True, "value": b"%d" % number, "lease": rng.choice([0, 11])}
    return {
        **fields,
        "value": rng.choice([b"", b"%d" % number, b"\xff\0"]),
        "lease": rng.choice([0, 0, *LEASES, 13]),
    }


def _span(rng: random.Random, spans: list[tuple[bytes, bytes]] = SPANS) -> dict[str, bytes]:
    if rng.random() < 0.5:
        return {"key": rng.choice([*KEYS, b""])}
    first, end = rng.choice(spans)
    return {"key": first, "range_end": end}


def _delete(rng: random.Random) -> dict[str, Any]:
    # Where a transaction deletes all from a key on, etcd overlooks that it also puts one of these.
    return {**_span(rng, [each for each in SPANS if each[1] != b"\0"]), "prev_kv": rng.random() < 0.5}


def _range(rng: random.Random, number: int, *, is_inside: bool = False) -> dict[str, Any]:
    fields: dict[str, Any] = dict(_span(rng))
    if rng.random() < 0.3 and not is_inside:  # etcd before 3.6 checks the puts of a transaction first
        fields["revision"] = rng.randint(1, number + 3)
    if rng.random() < 0.3:
        fields["limit"] = rng.randint(1, 3)
    if rng.random() < 0.3:
        # Of keys with one modification revision, written in one transaction, etcd leaves the order open.
        fields |= {"sort_order": rng.randint(0, 2), "sort_target": rng.choice([0, 0, 3])}
    if rng.random() < 0.2:
        fields[rng.choice(["keys_only", "count_only"])] = True
    if rng.random() < 0.2:
        bound = rng.choice(["min", "max"]) + rng.choice(["_mod_revision", "_create_revision"])
        fields[bound] = rng.randint(1, number + 1)
    return fields


def _compare(rng: random.Random, number: int) -> dict[str, Any]:
    target = rng.randint(0, 4)
    fields: dict[str, Any] = {**_span(rng), "result": rng.randint(0, 3), "target": target}
    name = ("version", "create_revision", "mod_revision", "value", "lease")[target]
    fields[name] = (
        b"%d" % rng.randint(0, number)
        if target == 3
        else rng.choice([0, 1, 2, 11, rng.randint(0, number + 2)])
    )
    return fields


def _txn(rng: random.Random, number: int, depth: int) -> dict[str, Any]:
    def some(most: int) -> list[dict[str, Any]]:
        return [_operation(rng, number, depth) for _ in range(rng.randint(0, most))]

    compares = [_compare(rng, number) for _ in range(rng.randint(0, 2))]
    return {"compare": compares, "success": some(3), "failure": some(2)}


def _operation(rng: random.Random, number: int, depth: int) -> dict[str, Any]:
    kind = rng.choice(("put", "put", "range", "delete", "txn" if depth else "put"))
    if kind == "put":
        return {"request_put": _put(rng, number)}
    if kind == "range":
        return {"request_range": _range(rng, number, is_inside=True)}
    if kind == "delete":
        return {"request_delete_range": _delete(rng)}
    return {"request_txn": _txn(rng, number, depth - 1)}


def answer(client: Client, operation: Operation) -> str:
    """Return an answer as text, without what two servers cannot share: their names and terms."""
    name, fields = operation
    try:
        told = client.call(name, **fields)
    except grpc.RpcError as error:
        return f"{error.code()}: {error.details()}"
    strip(told)
    return str(told)


def strip(told: Any) -> Any:
    """Take the names of cluster and member and the term out of an answer's header."""
    for name in ("cluster_id", "member_id", "raft_term"):
        told.header.ClearField(name)
    return told
