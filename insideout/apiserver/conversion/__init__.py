"""Kinds that are shown in two forms and stored in one: events of two groups, autoscalers of two versions.

The form in which objects are stored is the hub; a kind with a `hub` is written and read through it.

Left out: metadata.managedFields are shown with the hub's field names.

Source: pkg/apis/{events,autoscaling}/v1/conversion.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from insideout.apiserver.conversion import autoscalers, events
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.field import Causes

Object = dict[str, Any]


class Conversion(NamedTuple):
    """How objects change their form, each way, and what the outer form demands besides its hub's rules."""

    to_hub: Callable[[Object], Object]
    from_hub: Callable[[Object], Object]
    fields: Mapping[str, str] = {}
    """The field names of field selectors, by their names in the outer form; those of the hub if empty."""
    rules: Callable[[Object, Object | None], Causes] = lambda new, old: []
    """What is wrong with an object in the hub's form that came in the outer form."""


_CONVERSIONS: Mapping[str, Conversion] = {
    "events.k8s.io/v1": Conversion(events.to_core, events.from_core, events.FIELDS, events.rules),
    "autoscaling/v1": Conversion(autoscalers.to_v2, autoscalers.from_v2),
}


def conversion_of(kind: Kind) -> Conversion:
    """Return the conversion of a kind that has a hub."""
    return _CONVERSIONS[kind.api_version]
