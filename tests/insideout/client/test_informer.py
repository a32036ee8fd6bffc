"""An informer's cache follows the server through closed watches, compaction and refusals."""

from typing import Any

from insideout.apiserver.options import ListOptions
from insideout.apiserver.server import ApiServer
from insideout.client import ApiError
from insideout.client.informer import Informer
from insideout.client.local import LocalClient
from insideout.sim.loop import Loop


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


class Recorder:
    """An informer of ConfigMaps in `default`, and what its handler was told."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.server = ApiServer(self.loop)
        self.client = LocalClient(self.server, "test")
        self.told: list[tuple[str, str]] = []
        self.informer = Informer(self.client, self.loop, "configmaps", namespace="default")
        self.informer.add_handler(
            on_add=lambda obj: self.told.append(("add", obj["metadata"]["name"])),
            on_update=lambda old, new: self.told.append(("update", new["metadata"]["name"])),
            on_delete=lambda obj: self.told.append(("delete", obj["metadata"]["name"])),
        )

    def write(self, name: str, value: str) -> None:
        self.client.patch("configmaps", name, {"data": {"k": value}}, "default")


def test_list_then_watch():
    """What is there comes as added, and so do later changes, each once."""
    rec = Recorder()
    rec.client.create("configmaps", config_map("a"), "default")
    rec.informer.start()
    rec.loop.run(0)
    assert rec.informer.synced
    rec.client.create("configmaps", config_map("b"), "default")
    rec.write("a", "1")
    rec.client.delete("configmaps", "b", "default")
    rec.loop.run(0)
    assert rec.told == [("add", "a"), ("add", "b"), ("update", "a"), ("delete", "b")]
    assert [obj["metadata"]["name"] for obj in rec.informer.list("default")] == ["a"]


def test_goes_on_where_a_closed_watch_ended():
    """After the server closes the watch nothing is lost, repeated or listed again."""
    rec = Recorder()
    rec.informer.start()
    rec.loop.run(0)
    rec.client.create("configmaps", config_map("a"), "default")
    rec.server.reader.close(rec.server.kind("", "v1", "configmaps"))
    rec.client.create("configmaps", config_map("b"), "default")
    rec.loop.run(1)
    assert rec.told == [("add", "a"), ("add", "b")]


def test_lists_again_after_410():
    """When the last version seen was compacted, the difference between the two lists is told."""
    rec = Recorder()
    for name in ("a", "b", "c"):
        rec.client.create("configmaps", config_map(name), "default")
    rec.informer.start()
    rec.loop.run(0)
    rec.told.clear()
    rec.informer.stop()
    rec.client.delete("configmaps", "a", "default")
    rec.write("b", "2")
    rec.client.create("configmaps", config_map("d"), "default")
    rec.server.store.compact(rec.server.store.revision)
    rec.informer._running = True
    rec.informer._start_watch()
    rec.loop.run(1)
    assert rec.told == [("delete", "a"), ("update", "b"), ("add", "d")]


def test_refused_list_is_tried_again():
    """A server that refuses is asked again after 0.8 s, then after twice that."""
    rec = Recorder()
    listed = []
    original = rec.server.list

    def refuse(kind: Any, namespace: str, options: ListOptions) -> Any:
        listed.append(rec.loop.now_s)
        if len(listed) < 3:
            raise ApiError({"code": 503, "message": "not yet"})
        return original(kind, namespace, options)

    rec.server.list = refuse  # type: ignore[method-assign]
    rec.informer.start()
    rec.loop.run(10)
    assert [round(at, 3) for at in listed] == [0, 0.8, 2.4]
    assert rec.informer.synced


def test_index():
    """An index follows every change of an object."""
    rec = Recorder()
    rec.informer.add_index("k", lambda obj: [obj.get("data", {}).get("k", "")])
    rec.client.create("configmaps", config_map("a", k="1"), "default")
    rec.informer.start()
    rec.loop.run(0)
    rec.write("a", "2")
    rec.loop.run(0)
    assert rec.informer.by_index("k", "1") == []
    assert [obj["metadata"]["name"] for obj in rec.informer.by_index("k", "2")] == ["a"]
    rec.client.delete("configmaps", "a", "default")
    rec.loop.run(0)
    assert rec.informer.by_index("k", "2") == []


def test_stopped_informer_is_silent():
    """After stop() the cache stays as it is."""
    rec = Recorder()
    rec.informer.start()
    rec.loop.run(0)
    rec.informer.stop()
    rec.client.create("configmaps", config_map("a"), "default")
    rec.loop.run(1)
    assert (rec.told, len(rec.informer)) == ([], 0)
