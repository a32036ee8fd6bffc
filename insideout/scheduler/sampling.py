"""How many nodes that fit are enough, and which of equally good ones is taken.

Source: pkg/scheduler/schedule_one.go@v1.36.2 (numFeasibleNodesToFind, nodeScoreHeap).
"""

from collections.abc import Sequence
from functools import lru_cache

MIN_FEASIBLE_NODES = 100
MIN_FEASIBLE_PERCENTAGE = 5


def feasible_target(nodes: int, percentage: int = 0) -> int:
    """Return after how many nodes that fit the search ends.

    Below 100 nodes all are looked at.  Percentage 0 shrinks from 50 by one for each 125 nodes, down to 5; at
    least 100 nodes are looked for in any case.
    """
    if nodes < MIN_FEASIBLE_NODES:
        return nodes
    if percentage == 0:
        percentage = max(50 - nodes // 125, MIN_FEASIBLE_PERCENTAGE)
    return max(nodes * percentage // 100, MIN_FEASIBLE_NODES)


def best(totals: Sequence[int]) -> int:
    """Return the index of the node that is taken: the greatest total, ties settled by a heap's shape.

    Upstream makes a binary heap of the totals in the order in which the nodes were found and takes its root.
    On the way up a node moves only past smaller ones, and the left child goes before its equal on the right;
    so among equals the one that comes first in the heap's preorder reaches the root.  That order is the
    order of the paths from the root, written as strings of 0 (left) and 1 (right).
    """
    greatest = max(totals)
    equals = [index for index, total in enumerate(totals) if total == greatest]
    return equals[0] if len(equals) == 1 else min(equals, key=_path)


@lru_cache(maxsize=8192)
def _path(index: int) -> str:
    return f"{index + 1:b}"[1:]
