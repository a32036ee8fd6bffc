"""Images of a node: which are there, how long a pull takes, and how it fails.

A pull that failed is tried again after a back-off of its own for each Pod and image.  A pull that goes well
does not clear that back-off: it only ages, as anything that backs off does.

Source: pkg/kubelet/images/image_manager.go:EnsureImageExists, pullImage@v1.36.2.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from insideout.client import Object
from insideout.kubelet.backoff import BackOff
from insideout.sim import Loop

_NOT_FOUND = (
    'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
    'failed to resolve reference "{image}": {image}: not found'
)
"""What containerd says of an image that its registry does not have."""


class Pull(NamedTuple):
    """What pulling an image comes to: how long it takes, and the error it ends with, "" for success."""

    duration_s: float = 0.0
    error: str = ""


class Outcome(NamedTuple):
    """Whether a container has its image: `reason` is "" when it has, else its waiting reason."""

    reason: str = ""
    message: str = ""
    retry_s: float = 0.0


@dataclass
class Registry:
    """What every node finds when it pulls: an image that is not listed comes after `default_s` seconds."""

    pulls: dict[str, Pull] = field(default_factory=dict)
    default_s: float = 0.0
    missing_tags: frozenset[str] = frozenset()
    """Tags under which no repository has an image."""

    def set(self, image: str, *, duration_s: float = 0.0, error: str = "") -> None:
        """Say how long the pull of an image takes, and how it fails."""
        self.pulls[image] = Pull(duration_s, error)

    def pull(self, image: str) -> Pull:
        """Return what a pull begun now will come to."""
        if image not in self.pulls and _tag(image) in self.missing_tags:
            return Pull(self.default_s, _NOT_FOUND.format(image=image))
        return self.pulls.get(image) or Pull(self.default_s)


def _tag(image: str) -> str:
    return image.rpartition("/")[2].partition(":")[2]


class Images:
    """The images of one node, and the back-off of those that could not be pulled."""

    def __init__(self, loop: Loop, registry: Registry) -> None:
        self.present: set[str] = set()
        self._loop = loop
        self._registry = registry
        self._back_offs: dict[tuple[str, str], BackOff] = {}
        self._errors: dict[tuple[str, str], str] = {}

    def ensure(
        self,
        pod: Object,
        container: Object,
        record: Callable[[str, str, str], object],
        done: Callable[[Outcome], object],
    ) -> None:
        """Make an image present, then call `done`; `record` takes each Event's type, reason and message."""
        image, uid = container["image"], pod["metadata"]["uid"]
        policy = container.get("imagePullPolicy", "IfNotPresent")
        if image in self.present and policy != "Always":
            record("Normal", "Pulled", f'Container image "{image}" already present on machine')
            done(Outcome())
        elif policy == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            record("Warning", "ErrImageNeverPull", message)
            done(Outcome("ErrImageNeverPull", message, 10.0))
        elif (uid, image) in self._back_offs and self._back_offs[uid, image].pause_s(self._loop.now_s) > 0:
            message = f'Back-off pulling image "{image}"'
            record("Normal", "BackOff", message)
            wait_s = self._back_offs[uid, image].pause_s(self._loop.now_s)
            done(Outcome("ImagePullBackOff", f"{message}: {self._errors[uid, image]}", wait_s))
        else:
            record("Normal", "Pulling", f'Pulling image "{image}"')
            pull = self._registry.pull(image)
            if pull.duration_s > 0:
                self._loop.call_later(pull.duration_s, self._pulled, uid, image, pull, record, done)
            else:
                self._pulled(uid, image, pull, record, done)

    def delay_s(self, uid: str, image: str) -> float:
        """Return the latest back-off of an image for a Pod, over or not; 0.0 when its pull never failed."""
        back_off = self._back_offs.get((uid, image))
        return back_off.delay_s if back_off is not None else 0.0

    def forget_pod(self, uid: str) -> None:
        """Drop the back-offs of a Pod that is gone."""
        for key in [key for key in self._back_offs if key[0] == uid]:
            del self._back_offs[key]
            self._errors.pop(key, None)

    def _pulled(
        self,
        uid: str,
        image: str,
        pull: Pull,
        record: Callable[[str, str, str], object],
        done: Callable[[Outcome], object],
    ) -> None:
        if not pull.error:
            self.present.add(image)
            self._errors.pop((uid, image), None)
            took = f"{pull.duration_s:g}s"
            record(
                "Normal",
                "Pulled",
                f'Successfully pulled image "{image}" in {took} ({took} including waiting).',
            )
            done(Outcome())
            return
        message = f'Failed to pull image "{image}": {pull.error}'
        record("Warning", "Failed", message)
        record("Warning", "Failed", "Error: ErrImagePull")
        back_off = self._back_offs.setdefault((uid, image), BackOff())
        back_off.advance(self._loop.now_s, self._loop.now_s)
        self._errors[uid, image] = f"ErrImagePull: {pull.error}"
        done(Outcome("ErrImagePull", pull.error, back_off.delay_s))
