"""The rows of FlowSchemas and PriorityLevelConfigurations.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime

from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import (
    AGE,
    NAME,
    Cells,
    Column,
    Object,
    Printer,
    created,
    name_of,
    part,
)

_NONE = "<none>"


def _schema(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    dangling = [
        each.get("status", "")
        for each in part(obj, "status").get("conditions") or ()
        if each.get("type") == "Dangling"
    ]
    return [
        name_of(obj),
        part(spec, "priorityLevelConfiguration").get("name", ""),
        spec.get("matchingPrecedence", 0),
        (spec.get("distinguisherMethod") or {}).get("type", _NONE),
        age(created(obj), now),
        dangling[0] if dangling else "?",
    ]


FLOW_SCHEMAS = Printer(
    (
        NAME,
        Column("PriorityLevel", "V1PriorityLevelConfigurationReference.name"),
        Column("MatchingPrecedence", "V1FlowSchemaSpec.matchingPrecedence"),
        Column("DistinguisherMethod", "V1FlowSchemaSpec.distinguisherMethod"),
        AGE,
        Column("MissingPL", "references a broken or non-existent PriorityLevelConfiguration"),
    ),
    _schema,
)


def _level(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    limited = spec.get("limited")
    queuing = part(part(limited or {}, "limitResponse"), "queuing")
    return [
        name_of(obj),
        spec.get("type", ""),
        _NONE if limited is None else limited.get("nominalConcurrencyShares", 0),
        *(queuing.get(name, _NONE) for name in ("queues", "handSize", "queueLengthLimit")),
        age(created(obj), now),
    ]


PRIORITY_LEVELS = Printer(
    (
        NAME,
        Column("Type", "V1PriorityLevelConfigurationSpec.type"),
        Column("NominalConcurrencyShares", "V1LimitedPriorityLevelConfiguration.nominalConcurrencyShares"),
        Column("Queues", "V1QueuingConfiguration.queues"),
        Column("HandSize", "V1QueuingConfiguration.handSize"),
        Column("QueueLengthLimit", "V1QueuingConfiguration.queueLengthLimit"),
        AGE,
    ),
    _level,
)
