"""Usage as tables: `kubectl get nodes.metrics.k8s.io` and `kubectl get pods.metrics.k8s.io`.

The columns after the name are the resources that are measured.

Source: metrics-server pkg/api/table.go@v0.8.1.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any

from insideout.apimachinery import amount
from insideout.apiserver.tables.columns import Cells, Column, Printer, name_of

Object = dict[str, Any]

_COLUMNS = (
    Column("Name", "Name of the resource", format="name"),
    Column("cpu", "", format="quantity"),
    Column("memory", "", format="quantity"),
    Column("Window", "", format="duration"),
)


def _cells(obj: Object, usages: Iterable[Object]) -> Cells:
    there = list(usages)
    sums = [
        reduce(amount.add, (amount.parse(usage[name]) for usage in there), amount.ZERO)
        for name in ("cpu", "memory")
    ]
    return [name_of(obj), *(each.text for each in sums), obj["window"]]


def _node(obj: Object, now: datetime) -> Cells:
    return _cells(obj, [obj["usage"]])


def _pod(obj: Object, now: datetime) -> Cells:
    return _cells(obj, [container["usage"] for container in obj["containers"]])


NODE_METRICS = Printer(_COLUMNS, _node)
POD_METRICS = Printer(_COLUMNS, _pod)
