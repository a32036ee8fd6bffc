"""What a reader of unit 06 looks at: eviction records that one order explains, a node whose use is turned."""

from itertools import permutations

from course.units.u06_qos import observed
from course.units.u06_qos.plots.turned import plot_use
from insideout.kubelet.eviction import PodMemory

Mi = 2**20
NODE = [
    PodMemory("web", 0, 100 * Mi, 100 * Mi),
    PodMemory("db", 0, 200 * Mi, 300 * Mi),
    PodMemory("dns", 2_000_000_000, 50 * Mi, 0, critical=True),
]
CLASSES = dict.fromkeys(("web", "db", "dns"), "Burstable")


def test_one_order_of_four_questions_explains_all_evictions_and_no_other_does():
    explain = [
        asked
        for count in range(1, 5)
        for asked in permutations(observed.QUESTIONS, count)
        if observed.explained(asked) == len(observed.PAIRS)
    ]
    assert explain == [observed.ASKED]


def test_the_table_says_who_went_first():
    lines = observed.table().splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["b1", "b2", "a3", "a4", "b5", "a6", "a7", "b8"]
    assert lines[7].split()[2] == "?"  # no statistics yet


def turned(capacity_mi: int, **uses_mi: int) -> str:
    return plot_use(NODE, CLASSES, capacity_bytes=capacity_mi * Mi, **uses_mi).alt


def test_pods_go_until_the_node_has_what_the_kubelet_wants_free():
    assert turned(450).startswith("350 of 450 MiB are used: nobody must go. Eviction order: web")
    assert turned(449).startswith("350 of 449 MiB are used: web must go.")
    assert turned(331, web=91, db=190).startswith("331 of 331 MiB are used: web, then db must go.")
    assert turned(355, web=5, db=300).startswith("355 of 355 MiB are used: db must go. Eviction order: db")


def test_where_more_is_used_than_there_is_the_kernel_was_faster():
    assert turned(300).startswith("350 of 300 MiB are used: too fast for the kubelet, the kernel kills.")
