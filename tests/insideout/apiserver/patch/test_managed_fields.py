"""The bookkeeping of updates: what is gained and lost, resets, the cap, and the order of the entries."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout import records
from insideout.apiserver.kinds import Kind
from insideout.apiserver.patch.field_set import paths, printed
from insideout.apiserver.patch.managed_fields import decode, encode, keep_times, record_update
from insideout.apiserver.registry import Registry

REGISTRY = Registry()
NOW = "2026-01-01T00:00:00Z"
Object = dict[str, Any]


def kind(resource: str) -> Kind:
    """Return the kind that kubectl would call `resource`."""
    found = REGISTRY.named(resource)
    assert found is not None
    return found


CONFIG_MAPS = kind("configmaps")


def stored(data: Object, entries: list[Object] | None = None) -> Object:
    """Return a ConfigMap as the store has it."""
    metadata: Object = {"name": "a", "uid": "u"}
    if entries is not None:
        metadata["managedFields"] = entries
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def write(old: Object | None, data: Object, manager: str, time: str = NOW) -> Object:
    """Create the ConfigMap, or replace `old`, as a client that sends back what it read."""
    new = stored(data, copy.deepcopy(old["metadata"].get("managedFields")) if old else None)
    entries = record_update(CONFIG_MAPS, new, old, manager, "Update", "", time)
    return stored(data, entries)


def owned(obj: Object) -> dict[str, list[str]]:
    """Return the paths that each manager owns."""
    return {
        each["manager"]: [printed(path) for path in paths(each["fieldsV1"])]
        for each in obj["metadata"]["managedFields"]
    }


def test_a_created_deployment_is_owned_as_upstream_writes_it() -> None:
    """Structs that Go always writes are not owned themselves; maps, lists' elements and pointers are."""
    scenario = next(each for each in records.read("http") if each["scenario"] == "patch")
    deployment = scenario["want"][0][2]
    [entry] = record_update(kind("deployments"), deployment, None, "kubectl-create", "Update", "", NOW)
    assert (entry["operation"], entry["apiVersion"], entry["fieldsType"]) == ("Update", "apps/v1", "FieldsV1")
    spec = entry["fieldsV1"]["f:spec"]
    assert list(entry["fieldsV1"]) == ["f:spec"]
    assert spec["f:strategy"] == {
        "f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}},
        "f:type": {},
    }
    assert spec["f:selector"] == {}
    assert spec["f:template"]["f:metadata"] == {"f:labels": {".": {}, "f:app": {}}}
    containers = spec["f:template"]["f:spec"]["f:containers"]
    assert list(containers) == ['k:{"name":"a"}', 'k:{"name":"b"}']
    assert containers['k:{"name":"a"}']["."] == {}


def test_an_update_gains_what_it_changes() -> None:
    """The writer owns what it changed or added; what it removed belongs to nobody."""
    obj = write(None, {"x": "1", "y": "1", "z": "1"}, "alice")
    obj = write(obj, {"x": "2", "y": "1", "n": "1"}, "bob", "2026-01-01T00:00:01Z")
    assert owned(obj) == {"alice": [".data", ".data.y"], "bob": [".data.n", ".data.x"]}


def test_a_write_that_changes_nothing_owns_nothing() -> None:
    """Replacing an object by itself leaves the bookkeeping as it was."""
    obj = write(None, {"x": "1"}, "alice")
    assert write(obj, {"x": "1"}, "bob") == obj


@pytest.mark.parametrize("reset", [[], [{}]])
def test_an_empty_list_resets(reset: list[Object]) -> None:
    """A client that sends an empty list ends the bookkeeping, until the first apply."""
    old = write(None, {"x": "1"}, "alice")
    new = stored({"x": "2"}, reset)
    assert record_update(CONFIG_MAPS, new, old, "bob", "Update", "", NOW) == []
    assert record_update(CONFIG_MAPS, stored({"x": "3"}), stored({"x": "2"}), "bob", "Update", "", NOW) == []


@pytest.mark.parametrize("sent", [None, "x", [{"manager": "m"}], [{"operation": "Apply", "fieldsType": "F"}]])
def test_a_garbled_list_does_not_destroy_the_stored_one(sent: Any) -> None:
    """When the client's list is missing or makes no sense, the stored one counts."""
    old = write(None, {"x": "1", "y": "1"}, "alice")
    new = stored({"x": "2", "y": "1"}, sent)
    entries = record_update(CONFIG_MAPS, new, old, "bob", "Update", "", NOW)
    assert [each["manager"] for each in entries] == ["alice", "bob"]


def test_a_client_may_edit_the_list() -> None:
    """A valid list that the client sends replaces the stored one; through a subresource it is ignored."""
    old = write(None, {"x": "1"}, "alice")
    edited = copy.deepcopy(old["metadata"]["managedFields"])
    edited[0]["manager"] = "carol"
    new = stored({"x": "1"}, edited)
    assert record_update(CONFIG_MAPS, new, old, "bob", "Update", "", NOW)[0]["manager"] == "carol"
    assert record_update(CONFIG_MAPS, new, old, "bob", "Update", "status", NOW)[0]["manager"] == "alice"


def test_old_updaters_become_one() -> None:
    """Of more than ten updaters the oldest are united as ancient-changes, and nothing gets lost."""
    obj = write(None, {"k0": "0"}, "m00")
    for number in range(1, 14):
        data = {**obj["data"], f"k{number}": "0"}
        obj = write(obj, data, f"m{number:02}", f"2026-01-01T00:00:{number:02}Z")
    found = owned(obj)
    assert len(found) == 10
    assert next(iter(found)) == "ancient-changes"
    assert {path for each in found.values() for path in each} == {
        ".data",
        *(f".data.k{n}" for n in range(14)),
    }


def test_entries_are_sorted() -> None:
    """Appliers come first, then the oldest, then by name."""
    entries = [
        {"manager": name, "operation": operation, "apiVersion": "v1", "time": time, "fieldsType": "FieldsV1"}
        for name, operation, time in [("z", "Update", NOW), ("b", "Apply", NOW), ("a", "Update", NOW)]
    ]
    found = encode(decode([{**each, "fieldsV1": {"f:data": {}}} for each in entries]))
    assert [each["manager"] for each in found] == ["b", "a", "z"]


def test_times_alone_are_no_change() -> None:
    """When only the times differ, the old ones stay; with any other difference the new ones count."""
    old = write(None, {"x": "1"}, "alice")
    new = copy.deepcopy(old)
    new["metadata"]["managedFields"][0]["time"] = "2030-01-01T00:00:00Z"
    assert keep_times(new, old) == old["metadata"]["managedFields"]
    new["data"]["x"] = "2"
    assert keep_times(new, old) == new["metadata"]["managedFields"]


DATA = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("12"), min_size=1, max_size=4)


@given(st.lists(st.tuples(st.sampled_from(["alice", "bob", "carol"]), DATA), min_size=1, max_size=6))
def test_every_field_has_its_last_writer(writes: list[tuple[str, Object]]) -> None:
    """After any writes each key belongs to whoever gave it its present value, and to nobody else."""
    obj: Object | None = None
    last: dict[str, str] = {}
    for manager, data in writes:
        before = obj["data"] if obj else {}
        last = {key: last[key] if before.get(key) == data[key] else manager for key in data}
        obj = write(obj, data, manager)
    assert obj is not None
    found = {path: manager for manager, each in owned(obj).items() for path in each if path != ".data"}
    assert found == {f".data.{key}": manager for key, manager in last.items()}
