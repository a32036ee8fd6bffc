"""Changes of ConfigMaps, Secrets and a Pod's own fields reach the files of containers that run.

A kubelet looks at each of its Pods every minute, and at once when the Pod itself changes; then the files of
volumes are made anew.  What is mounted by subPath stays as it was, and so do variables.  A source that was
immutable when it was first read is never read again.

Upstream adds up to half of the minute by chance.  Left out: that a volume which cannot be had is tried again
before the minute is over.

Source: pkg/kubelet/pod_workers.go:completeWork, pkg/kubelet/config/config.go:podsDifferSemantically,
pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go@v1.36.2.
"""

from collections.abc import Callable, Iterable

from insideout.client import Object
from insideout.kubelet import volumes
from insideout.kubelet.container import Container
from insideout.kubelet.host import PodHost
from insideout.kubelet.mounting import Mounter
from insideout.sim import Timer

RESYNC_S = 60.0


class Remounter:
    """Keeps the files of one Pod's running containers as their volumes are."""

    def __init__(
        self, host: PodHost, mounter: Mounter, containers: Callable[[], Iterable[Container]]
    ) -> None:
        self._host = host
        self._mounter = mounter
        self._containers = containers
        self._timer: Timer | None = None

    def begin(self, pod: Object) -> None:
        """Look at the volumes every minute from now on, if any of them can change."""
        if any(map(volumes.can_change, pod["spec"].get("volumes") or ())):
            self._timer = self._host.loop.call_later(RESYNC_S, self._look, pod)

    def update(self, before: Object, pod: Object) -> None:
        """Take in a newer version of the Pod; another than of its status brings everything at once."""
        if self._timer is not None and _differ(before, pod):
            self._timer.cancel()
            self._look(pod)

    def cancel(self) -> None:
        """Bring nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, pod: Object) -> None:
        self._timer = self._host.loop.call_later(RESYNC_S, self._look, pod)
        self._mounter.refresh(pod)
        for container in self._containers():
            if container.is_running and container.process is not None:
                container.process.remount(self._followed(container))

    def _followed(self, container: Container) -> volumes.Payload:
        mounts = container.spec.get("volumeMounts") or ()
        return volumes.mounted(mounts, self._mounter.payloads).followed


def _differ(before: Object, pod: Object) -> bool:
    if before["spec"] is not pod["spec"] and before["spec"] != pod["spec"]:
        return True
    fields = ("labels", "annotations")
    return any(before["metadata"].get(name) != pod["metadata"].get(name) for name in fields)
