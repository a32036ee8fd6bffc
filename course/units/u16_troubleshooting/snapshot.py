"""What there is in a cluster at one moment, as plain data: what `diagnose` is given.

The prose in it is not a contract.  In every other cluster it is in other words, as after an upgrade, so that
whoever reads fields and reasons notices nothing.
"""

from typing import Any

from course.units.u16_troubleshooting.objects import Object
from course.units.u16_troubleshooting.town import RESOURCES, Town

MORE = ("endpointslices", "events")
LISTED = (*RESOURCES.values(), *MORE)


def snapshot(town: Town, *, reworded: bool) -> dict[str, list[Object]]:
    """Return all objects by resource, and under "replies" the requests that were refused."""
    found = {resource: town.objects(resource) for resource in LISTED}
    found["events"].sort(
        key=lambda event: (
            event.get("lastTimestamp") or event.get("eventTime") or "",
            event["metadata"]["name"],
        )
    )
    found["replies"] = list(town.replies)
    return {key: told(objects, reworded=reworded) for key, objects in found.items()}


def told(value: Any, *, reworded: bool) -> Any:
    """Return a copy without managed fields, and with `reworded` in other words."""
    if isinstance(value, list):
        return [told(one, reworded=reworded) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: told(one, reworded=reworded) for key, one in value.items() if key != "managedFields"}
    for key in ("message", "note"):
        if reworded and isinstance(made.get(key), str) and made[key]:
            made[key] = f"see the notes on {made.get('reason') or 'this'}"
    return made
