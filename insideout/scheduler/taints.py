"""Taints repel pods, tolerations bear them.

The comparison operators Gt and Lt are alpha and off in v1.36, so they tolerate nothing.

Source: k8s.io/api/core/v1/toleration.go and
k8s.io/component-helpers/scheduling/corev1/helpers.go@v1.36.2.
"""

from collections.abc import Iterable
from typing import NamedTuple

from insideout.client import Object

UNSCHEDULABLE_KEY = "node.kubernetes.io/unschedulable"


class Taint(NamedTuple):
    """A node's taint."""

    key: str
    value: str
    effect: str

    @property
    def is_hard(self) -> bool:
        """Return whether it keeps pods away, rather than only being disliked."""
        return self.effect in ("NoSchedule", "NoExecute")


class Toleration(NamedTuple):
    """A pod's toleration; an empty key or effect stands for all."""

    key: str
    operator: str
    value: str
    effect: str

    def tolerates(self, taint: Taint) -> bool:
        """Return whether it bears `taint`."""
        if self.effect and self.effect != taint.effect:
            return False
        if self.key and self.key != taint.key:
            return False
        if self.operator in ("", "Equal"):
            return self.value == taint.value
        return self.operator == "Exists"


UNSCHEDULABLE = Taint(UNSCHEDULABLE_KEY, "", "NoSchedule")
"""What `spec.unschedulable` amounts to."""


def taint(obj: Object) -> Taint:
    """Read a taint as it stands in a node's spec."""
    return Taint(obj["key"], obj.get("value") or "", obj["effect"])


def toleration(obj: Object) -> Toleration:
    """Read a toleration as it stands in a pod's spec."""
    return Toleration(
        obj.get("key") or "", obj.get("operator") or "", obj.get("value") or "", obj.get("effect") or ""
    )


def tolerated(tolerations: Iterable[Toleration], one: Taint) -> bool:
    """Return whether any of the tolerations bears the taint."""
    return any(each.tolerates(one) for each in tolerations)


def untolerated(taints: Iterable[Taint], tolerations: Iterable[Toleration]) -> Taint | None:
    """Return the first hard taint that nothing tolerates."""
    held = tuple(tolerations)
    return next((each for each in taints if each.is_hard and not tolerated(held, each)), None)
