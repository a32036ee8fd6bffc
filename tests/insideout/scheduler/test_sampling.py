import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insideout.scheduler.sampling import best, feasible_target

TARGETS = [
    (1, 0, 1),
    (99, 0, 99),
    (100, 0, 100),
    (200, 0, 100),
    (250, 0, 120),
    (1000, 0, 420),
    (5000, 0, 500),
    (5625, 0, 281),
    (6000, 0, 300),
    (300, 100, 300),
    (99, 10, 99),
    (1000, 50, 500),
    (1000, 1, 100),
]


@pytest.mark.parametrize(("nodes", "percentage", "target"), TARGETS)
def test_large_clusters_are_sampled(nodes: int, percentage: int, target: int) -> None:
    """All below 100, then a shrinking share, never fewer than 100."""
    assert feasible_target(nodes, percentage) == target


@pytest.mark.parametrize(
    ("totals", "index"),
    [
        ([5], 0),
        ([1, 3, 2], 1),
        ([7, 7, 7], 0),
        ([1, 7, 7], 1),
        # a heap of six: index 3 is below index 1, so it comes before index 2
        ([1, 1, 7, 7, 1, 1], 3),
        ([1, 1, 7, 1, 1, 7], 2),
    ],
)
def test_the_greatest_total_wins_and_the_heaps_shape_settles_ties(totals: list[int], index: int) -> None:
    """Among equals the first in the heap's preorder."""
    assert best(totals) == index


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_the_choice_is_that_of_a_heap_built_from_below(totals: list[int]) -> None:
    """container/heap's Init and the node at its root, done step by step."""
    heap = list(range(len(totals)))

    def greater(left: int, right: int) -> bool:
        return totals[heap[left]] > totals[heap[right]]

    for start in range(len(heap) // 2 - 1, -1, -1):
        at = start
        while (child := 2 * at + 1) < len(heap):
            if child + 1 < len(heap) and greater(child + 1, child):
                child += 1
            if not greater(child, at):
                break
            heap[at], heap[child] = heap[child], heap[at]
            at = child
    assert best(totals) == heap[0]
    assert totals[best(totals)] == heapq.nlargest(1, totals)[0]
