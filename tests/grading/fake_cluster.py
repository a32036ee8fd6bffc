"""A cluster as small as can be, for the tests of what carries the real one."""

from course.client import ApiError


class Cluster:
    """Objects by name, and who watches them."""

    def __init__(self, nodes: int = 1) -> None:
        self.objects: dict[str, dict] = {f"node-{number}": {"kind": "Node"} for number in range(nodes)}
        self.watchers: dict[int, object] = {}
        self.secret = "s3cret"

    def get(self, resource, name):
        if name not in self.objects:
            raise ApiError({"code": 404, "reason": "NotFound", "message": f'{resource} "{name}" not found'})
        return self.objects[name]

    def create(self, resource, obj):
        self.objects[obj["metadata"]["name"]] = obj
        for on_event in list(self.watchers.values()):
            on_event({"type": "ADDED", "object": obj})
        return obj

    def watch(self, resource, on_event):
        number = len(self.watchers)
        self.watchers[number] = on_event
        return Watch(self, number)

    def crash(self):
        import os

        os._exit(1)


class Watch:
    """A watch under way."""

    def __init__(self, cluster: Cluster, number: int) -> None:
        self._cluster, self._number = cluster, number

    def stop(self):
        del self._cluster.watchers[self._number]
