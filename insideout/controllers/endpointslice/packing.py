"""How endpoints are packed into slices: with few writes, never by moving what already has a place.

Every node's kube-proxy reads each slice that changes, so a write costs more than a slice that is not full.

Source: staging/src/k8s.io/endpointslice/reconciler.go:reconcileByPortMapping,
utils.go:getSliceToFill@v1.36.2.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from insideout.client import Object
from insideout.controllers.endpointslice.endpoint import identity_of

MAX_ENDPOINTS = 100
"""Default of kube-controller-manager's --max-endpoints-per-slice."""


@dataclass
class Packing:
    """What to write: contents of new slices, contents of slices by name, names of slices to delete."""

    create: list[list[Object]] = field(default_factory=list)
    update: dict[str, list[Object]] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)


def plan(
    slices: Mapping[str, Sequence[Object]],
    desired: Sequence[Object],
    limit: int = MAX_ENDPOINTS,
    *,
    outdated: Collection[str] = (),
) -> Packing:
    """Return the writes that bring `slices`, endpoints by slice name, to hold exactly `desired`.

    First, what is listed is kept where it is, refreshed, or dropped; a slice left empty is deleted.  Then new
    endpoints are poured into slices that are written anyway, the fullest first.  What remains goes into one
    untouched slice if it fits there whole, the one left fullest; else into new slices.  `outdated` names the
    slices that must be written in any case.  Hints are no part of this: they are given afterwards.
    """
    waiting = {identity_of(endpoint): endpoint for endpoint in desired}
    packing, untouched = _refresh(slices, waiting, outdated)
    remaining = list(waiting.values())
    for contents in sorted(packing.update.values(), key=len, reverse=True):
        _pour(remaining, contents, limit)
    while remaining:
        name = _slice_to_fill(untouched, len(remaining), limit) if len(remaining) < limit else None
        if name is None:
            packing.create.append(_pour(remaining, [], limit))
        else:
            packing.update[name] = _pour(remaining, untouched.pop(name), limit)
    return packing


def _refresh(
    slices: Mapping[str, Sequence[Object]], waiting: dict[str, Object], outdated: Collection[str]
) -> tuple[Packing, dict[str, list[Object]]]:
    """Keep what is still desired, taking it from `waiting`; return the writes, and the slices left alone."""
    packing, untouched = Packing(), {}
    for name in sorted(slices):
        kept, changed = [], False
        for endpoint in slices[name]:
            wanted = waiting.pop(identity_of(endpoint), None)
            changed = changed or wanted != {key: endpoint[key] for key in endpoint if key != "hints"}
            if wanted is not None:
                kept.append(wanted)
        if not changed and name not in outdated:
            untouched[name] = list(slices[name])
        elif changed and not kept:
            packing.delete.append(name)
        else:
            packing.update[name] = kept
    return packing, untouched


def _pour(remaining: list[Object], contents: list[Object], limit: int) -> list[Object]:
    room = max(0, limit - len(contents))
    contents += remaining[:room]
    del remaining[:room]
    return contents


def _slice_to_fill(slices: Mapping[str, Sequence[Object]], count: int, limit: int) -> str | None:
    """Return the slice that `count` more endpoints leave fullest, None when they fit into none."""
    left = {name: limit - len(contents) - count for name, contents in slices.items()}
    fitting = [name for name in sorted(left) if left[name] >= 0]
    return min(fitting, key=left.__getitem__, default=None)
