"""The rows of resource.k8s.io: device classes, claims, their templates, and slices.

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

NAMES_AND_AGES = Printer((NAME, AGE), lambda obj, now: [name_of(obj), age(created(obj), now)])


def _claim(obj: Object, now: datetime) -> Cells:
    status, ending = part(obj, "status"), "deletionTimestamp" in obj["metadata"]
    words = ["deleted"] if ending else []
    if status.get("allocation") is None:
        words += [] if ending else ["pending"]
    else:
        words += ["allocated", *(["reserved"] if status.get("reservedFor") else [])]
    return [name_of(obj), ",".join(words), age(created(obj), now)]


CLAIMS = Printer(
    (NAME, Column("State", "A summary of the current state (allocated, pending, reserved, etc.)."), AGE),
    _claim,
)


def _slice(obj: Object, now: datetime) -> Cells:
    spec = part(obj, "spec")
    pool = part(spec, "pool").get("name", "")
    return [name_of(obj), spec.get("nodeName", ""), spec.get("driver", ""), pool, age(created(obj), now)]


SLICES = Printer(
    (
        NAME,
        Column("Node", "V1ResourceSliceSpec.nodeName"),
        Column("Driver", "V1ResourceSliceSpec.driver"),
        Column("Pool", "V1ResourcePool.name"),
        AGE,
    ),
    _slice,
)
