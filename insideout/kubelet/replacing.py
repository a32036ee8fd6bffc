"""Containers that are to have another image are restarted; those that wait try it at once.

One look of the kubelet both stops and starts such a container again, and tells the API at its beginning only.
So what the API shows stays as it is until the container runs again, or is found unable to.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go:computePodActions, containerChanged@v1.36.2.
"""

from collections.abc import Callable, Sequence

from insideout.client import Object
from insideout.kubelet.container import Container
from insideout.kubelet.host import Host


class Replacer:
    """Takes over the images of one Pod; `stop` ends a container, `status` is what the API is to have."""

    def __init__(
        self,
        host: Host,
        containers: Sequence[Container],
        stop: Callable[[Container], object],
        status: Callable[[], Object],
    ) -> None:
        self._host = host
        self._containers = containers
        self._stop = stop
        self._status = status
        self._held: Object = {}

    @property
    def held(self) -> Object | None:
        """What the API shows while a container is replaced, as it was when that began; None otherwise."""
        return self._held if any(c.is_replaced for c in self._containers) else None

    def take_over(self, pod: Object, *, may_stop: bool) -> bool:
        """Take in the images of a newer version of the Pod; tell whether any is another."""
        is_any = False
        specs = [*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"]]
        for container, spec in zip(self._containers, specs, strict=True):
            if container.spec.get("image") == spec.get("image"):
                continue
            is_any, shown = True, self._status()
            container.change(spec, self._host.programs.of(pod, spec))
            if container.role == "main" and container.is_running and may_stop:
                message = f"Container {container.name} definition changed, will be restarted"
                self._host.record(pod, "Normal", "Killing", message)
                self._held, container.is_replaced = shown, True
                self._stop(container)
        return is_any
