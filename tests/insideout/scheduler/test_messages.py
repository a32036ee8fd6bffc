import pytest

from insideout.scheduler.messages import event_note, fit_message

NOT_HELPFUL = "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."

TABLE = {
    "nothing known": ((3, [], "", ""), "0/3 nodes are available:"),
    "counted and sorted as text": (
        (12, [["b"]] * 2 + [["a"]] * 10, "", ""),
        "0/12 nodes are available: 10 a, 2 b.",
    ),
    "every reason of a node counts": ((1, [["a", "b"]], "", ""), "0/1 nodes are available: 1 a, 1 b."),
    "turned away before": ((3, [["a"]], "no claim", ""), "0/3 nodes are available: no claim."),
    "with what came after": (
        (3, [["a"]] * 3, "", NOT_HELPFUL),
        f"0/3 nodes are available: 3 a. {NOT_HELPFUL}",
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_reasons_are_counted_over_nodes(case: str) -> None:
    """Counts sort as text, so 10 comes before 2."""
    (nodes, reasons, before, after), expected = TABLE[case]
    assert fit_message(nodes, reasons, before=before, after=after) == expected


@pytest.mark.parametrize(("length", "cut"), [(1024, False), (1025, True)])
def test_an_event_holds_1024_characters(length: int, cut: bool) -> None:
    """A longer message is cut and says so."""
    note = event_note("x" * length)
    assert len(note) == 1024
    assert note.endswith(" ...") is cut
