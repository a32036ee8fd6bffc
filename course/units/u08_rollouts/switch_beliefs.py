"""What people believe about a switch between colours, each with a function that switches by it."""

from collections.abc import Callable
from typing import Any

from course.units.u08_rollouts.switch import audited
from insideout.client import Object

_COUNTS = ("updatedReplicas", "replicas", "availableReplicas")
_SAYS_SO = "kubernetes.io/service-name"

Write = Callable[[Any, str, str], object]


def _patch(api: Any, svc: str, colour: str) -> None:
    api.patch("services", svc, {"spec": {"selector": {"colour": colour}}}, "default")


def _replace_selector(api: Any, svc: str, colour: str) -> None:
    selector = {"app": svc, "colour": colour}
    api.patch(
        "services",
        svc,
        [{"op": "replace", "path": "/spec/selector", "value": selector}],
        "default",
        type="json",
    )


def _write_back(api: Any, svc: str, colour: str) -> None:
    service = api.get("services", svc, "default")
    service["spec"]["selector"]["colour"] = colour
    api.update("services", service, "default")


def _label(api: Any, svc: str, colour: str) -> None:
    patch = {"metadata": {"labels": {"live": colour}}, "spec": {"selector": {"colour": colour}}}
    api.patch("services", svc, patch, "default")


def _scale_down(api: Any, svc: str, colour: str) -> None:
    _patch(api, svc, colour)
    other = "blue" if colour == "green" else "green"
    api.patch("deployments", f"{svc}-{other}", {"spec": {"replicas": 0}}, "default")


def _is_ready(endpoint: Object) -> bool:
    return endpoint.get("conditions", {}).get("ready") is not False


def _is_said_ready(endpoint: Object) -> bool:
    return endpoint.get("conditions", {}).get("ready") is True


def _switch(
    api: Any,
    svc: str,
    colour: str,
    *,
    seen: bool = True,
    counts: tuple[str, ...] = _COUNTS,
    endpoints: bool = True,
    own: bool = True,
    ready: Callable[[Object], bool] = _is_ready,
    slices: int | None = None,
    write: Write = _patch,
    write_first: bool = False,
    refuse: bool = True,
) -> None:
    """Switch as the lesson asks, but for what the keywords say."""
    name = f"{svc}-{colour}"
    if write_first:
        write(api, svc, colour)
    found = api.get("deployments", name, "default")
    wanted, status = found["spec"]["replicas"], found.get("status", {})
    if seen and status.get("observedGeneration", 0) < found["metadata"]["generation"]:
        raise ValueError("the status is older than the spec")
    if any(status.get(count, 0) != wanted for count in counts):
        raise ValueError("the rollout is not complete")
    listed = api.list("endpointslices", "default", label_selector=f"{_SAYS_SO}={name if own else svc}")
    there = [each for one in listed["items"][:slices] for each in one.get("endpoints") or ()]
    if endpoints and sum(map(ready, there)) < wanted:
        if not refuse:
            return
        raise ValueError("too few endpoints are ready")
    if not write_first:
        write(api, svc, colour)


def _switching(**how: Any) -> Callable[[Object], list[str]]:
    return audited(lambda api, svc, colour: _switch(api, svc, colour, **how))


SWITCHING: dict[str, Callable[..., Any]] = {
    "the selector is all that matters": audited(_patch),
    "the status is always about the latest spec": _switching(seen=False),
    "available Pods are enough": _switching(counts=("availableReplicas",)),
    "old Pods do not matter": _switching(counts=("updatedReplicas", "availableReplicas")),
    "endpoints follow from the Deployment": _switching(endpoints=False),
    "the endpoints that count are those of the Service that is switched": _switching(own=False),
    "a listed endpoint is a ready one": _switching(ready=bool),
    "a condition that is missing is false": _switching(ready=_is_said_ready),
    "one slice holds all endpoints": _switching(slices=1),
    "first write, then look": _switching(write_first=True),
    "the selector has no keys but app and colour": _switching(write=_replace_selector),
    "the whole Service is written back": _switching(write=_write_back),
    "a label says which colour is live": _switching(write=_label),
    "the old colour is scaled down at once": _switching(write=_scale_down),
    "refusing is doing nothing": _switching(refuse=False),
}
