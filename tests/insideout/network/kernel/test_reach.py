"""Real packets past nftables rules: the recorded tables, the evaluator and a kernel agree in every cell."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from insideout import records
from insideout.network.kernel import reach as kernel
from insideout.network.kernel.reach import reach
from insideout.verify.netpol import table

pytestmark = pytest.mark.skipif(bool(kernel.why_not()), reason=f"no real network here: {kernel.why_not()}")
SAMPLE = [*records.read("netpol")[::5], *records.read("netpol_disputed")]


def differences(row: dict[str, Any]) -> Iterator[str]:
    """Yield the cells in which record, evaluator and kernel are not of one mind."""
    came = reach(row["policies"], row["namespaces"], row["pods"], row["external"], list(row["want"]))
    for port, lines in row["want"].items():
        ours = table(row, port)
        for i, source in enumerate(row["order"]):
            for j, destination in enumerate(row["order"]):
                cell, our = lines[i][j], ours[i][j]
                if cell == "#":
                    continue
                real = "." if came[port][source, destination] else "X"
                if not cell == our == real:
                    yield f"{port} {source} to {destination}: record {cell}, evaluator {our}, kernel {real}"


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: str(row["id"]))
def test_a_recorded_table_with_real_packets(row: dict[str, Any]) -> None:
    assert list(differences(row)) == []


def test_a_wrong_cell_is_noticed() -> None:
    """The comparison looks at the packets: a table that says something else does not pass."""
    row = SAMPLE[0]
    lines = row["want"]["TCP/80"]
    wrong = {"TCP/80": [lines[0].replace(".", "X", 1), *lines[1:]]}
    assert list(differences(row | {"want": wrong})) == ["TCP/80 x/a to x/b: record X, evaluator ., kernel ."]


def test_without_policies_everybody_is_answered() -> None:
    row = SAMPLE[0]
    came = reach([], row["namespaces"], row["pods"], row["external"], ["TCP/80", "UDP/53", "SCTP/7777"])
    assert {len(cells) for cells in came.values()} == {72}
    assert all(all(cells.values()) for cells in came.values())


def test_nothing_is_left_of_it() -> None:
    def seen() -> tuple[str, ...]:
        looks = (["ip", "-o", "link"], ["ip", "netns"], ["nft", "list", "ruleset"], ["ip", "route"])
        done = [subprocess.run(look, capture_output=True, text=True) for look in looks]
        return tuple(one.stdout for one in done)

    before = seen()
    row = SAMPLE[0]
    reach(row["policies"], row["namespaces"], row["pods"], [], ["TCP/80"])
    assert seen() == before


def test_a_packet_that_is_lost_elsewhere_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is not taken for a policy: what a rule of somebody else drops is not counted as denied."""
    rules = kernel.render([], {}, [])
    theirs = "table ip theirs { chain c { type filter hook forward priority 9; udp dport 53 drop; } ; }"
    monkeypatch.setattr(
        kernel, "render", lambda *_: rules + theirs.replace("; }", ";\n}").replace("} ;", "}")
    )
    pods = [
        {"namespace": "x", "name": name, "labels": {}, "ip": ip, "ports": [], "hostNetwork": False}
        for name, ip in (("a", "10.0.0.1"), ("b", "10.0.0.2"))
    ]
    with pytest.raises(RuntimeError, match="UDP/53: packets neither arrived nor were denied"):
        reach([], {}, pods, [], ["UDP/53"])


def test_rules_that_nft_refuses_are_said_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "render", lambda *_: "no rules at all\n")
    with pytest.raises(RuntimeError, match=r"^nft: "):
        reach([], {}, [], ["10.0.0.1"], ["TCP/80"])
