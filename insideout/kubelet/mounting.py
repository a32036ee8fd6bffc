"""A Pod's volumes come first: while one of them cannot be had, nothing of the Pod starts.

Each volume that fails is tried again after a back-off of its own.  Left out: claims, which the scheduler
waits for, and the message of the two minutes after which upstream begins anew.

Source: pkg/kubelet/volumemanager/volume_manager.go:WaitForAttachAndMount, pkg/volume/util/operationexecutor
/operation_generator.go:GenerateMountVolumeFunc, k8s.io/apimachinery/../util/goroutinemap/exponentialbackoff
@v1.36.2.
"""

from collections.abc import Callable

from insideout.client import Object
from insideout.kubelet import volumes
from insideout.kubelet.host import PodHost
from insideout.kubelet.sources import Immutable, SourceError, Sources
from insideout.kubelet.volumes import Payload

FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 122.0


class Mounter:
    """Brings the volumes of one Pod; `done` is called once all are there."""

    def __init__(self, host: PodHost, pod: Object, done: Callable[[], object]) -> None:
        self.payloads: dict[str, Payload] = {}
        """The files of each volume, by its name."""
        self._host = host
        self._pod = pod
        self._done = done
        self._immutable: Immutable = {}
        self._retries_s: dict[str, float] = {}
        self._is_cancelled = False

    def begin(self) -> None:
        """Bring every volume."""
        sources = self._sources()
        for volume in self._volumes():
            self._mount(volume, sources)
        if not self._retries_s:
            self._done()

    def cancel(self) -> None:
        """Try nothing more."""
        self._is_cancelled = True

    def refresh(self, pod: Object) -> None:
        """Read again what the volumes of the Pod are made of; one that cannot be had stays as it is."""
        self._pod = pod
        sources = self._sources()
        for volume in self._volumes():
            self._has(volume, sources)

    def _mount(self, volume: Object, sources: Sources) -> bool:
        name = volume["name"]
        if not self._has(volume, sources):
            delay_s = min(self._retries_s.get(name, FIRST_RETRY_S / 2) * 2, LONGEST_RETRY_S)
            self._retries_s[name] = delay_s
            self._host.loop.call_later(delay_s, self._again, volume)
            return False
        return True

    def _has(self, volume: Object, sources: Sources) -> bool:
        """Bring the files of a volume as they are now; tell whether that could be done."""
        name = volume["name"]
        try:
            self.payloads[name] = self._payload(volume, sources)
        except SourceError as problem:
            message = f'MountVolume.SetUp failed for volume "{name}" : {problem}'
            self._host.record(self._pod, "Warning", "FailedMount", message)
            return False
        return True

    def _again(self, volume: Object) -> None:
        if self._is_cancelled:
            return
        if self._host.is_halted:  # nobody looks; once the kubelet runs again it does
            self._host.loop.call_later(self._retries_s[volume["name"]], self._again, volume)
        elif self._mount(volume, self._sources()):
            del self._retries_s[volume["name"]]
            if not self._retries_s:
                self._done()

    def _payload(self, volume: Object, sources: Sources) -> Payload:
        return volumes.payload(volume, self._pod, self._host.as_variables(), sources)

    def _volumes(self) -> list[Object]:
        return self._pod["spec"].get("volumes") or []

    def _sources(self) -> Sources:
        return self._host.sources(self._pod["metadata"]["namespace"], self._immutable)
