import copy

from insideout import records
from insideout.scheduler.verify import verify


def test_every_recorded_placement_message_and_score_holds() -> None:
    """40 scenarios, 205 pods, 115 score tables of the real scheduler."""
    rows = records.read("scheduler")
    assert [(number, found) for number, found in verify(rows) if found] == []
    assert sum(len(row["steps"]) for row in rows) == 205
    assert sum("scores" in step for row in rows for step in row["steps"]) == 115


def test_a_wrong_record_is_noticed() -> None:
    """Node, message and score are each compared."""
    row = copy.deepcopy(records.read("scheduler")[0])
    row["steps"][0]["scores"]["n0"]["TaintToleration"] += 1
    row["steps"][1]["node"] = "n3"
    row["steps"][3]["message"] += "!"
    ((_, found),) = verify([row])
    assert any("p0: scores" in each for each in found)
    assert any("p1: node n0, recorded n3" in each for each in found)
    assert any("p3: message" in each for each in found)
