"""Stage snapshot: the log is cut short, and those who need what was cut get the snapshot (§7)."""

from typing import Any

from insideout.raft.broken import Rule
from insideout.raft.network import UNRELIABLE
from insideout.raft.play import Play
from insideout.raft.scenarios.alone import append, asked_for_votes_s, campaign, refuses_from_0, terms_of
from insideout.raft.scenarios.scenario import scenario
from insideout.raft.scenarios.turmoil import random_fault


@scenario("snapshot", "§7", compact_every=10, mit="TestSnapshotBasic3D")
def logs_stay_short(play: Play) -> None:
    """The application hands over a snapshot every ten entries; forty commands leave short logs."""
    play.leader()
    for number in range(40):
        play.agree(f"c{number}", on=3)
    play.run(0.3)
    for id in play.ids:
        length = len(play.member(id).log)
        play.expect(
            length <= 25, Rule.SNAPSHOT, f"{id} keeps {length} entries though snapshots hold most of them", id
        )


@scenario("snapshot", "§7", compact_every=10, mit="TestSnapshotInstall3D")
def install_after_partition(play: Play) -> None:
    """A follower is cut off so long that only a snapshot can bring it back."""
    _install(play, crash=False)


@scenario("snapshot", "§7", compact_every=10, profile=UNRELIABLE, mit="TestSnapshotInstallUnreliable3D")
def install_unreliable(play: Play) -> None:
    """The same over a network that loses, doubles and reorders."""
    _install(play, crash=False)


@scenario("snapshot", "§7", compact_every=10, mit="TestSnapshotInstallCrash3D")
def install_after_crash(play: Play) -> None:
    """A follower is down so long that only a snapshot can bring it back."""
    _install(play, crash=True)


@scenario("snapshot", "§7", compact_every=10, profile=UNRELIABLE, mit="TestSnapshotInstallUnCrash3D")
def install_after_crash_unreliable(play: Play) -> None:
    """The same over a network that loses, doubles and reorders."""
    _install(play, crash=True)


@scenario("snapshot", "§7", compact_every=5, mit="TestSnapshotAllCrash3D")
def all_crash_with_snapshots(play: Play) -> None:
    """All nodes crash, several times, with snapshots on their disks, and go on where they were."""
    for round in range(4):
        for number in range(7):
            play.agree(f"{round}.{number}", on=3)
        play.crash(*play.ids)
        play.restart(*play.ids)
    play.settle()


@scenario("snapshot", "§7", compact_every=3, mit="TestSnapshotInit3D")
def restart_twice(play: Play) -> None:
    """A node restarts from a snapshot and restarts again before anything new: its first save keeps it."""
    for number in range(5):
        play.agree(f"c{number}", on=3)
    for _ in range(2):
        play.crash(*play.ids)
        play.restart(*play.ids)
        play.leader()
    play.agree("end", on=3)
    play.settle()


@scenario("snapshot", "§7", alone=True)
def reordered_snapshots(play: Play) -> None:
    """An older snapshot arrives after a newer one and takes nothing back."""
    _install_on_n0(play, 10, 2)
    _install_on_n0(play, 5, 1)
    log = play.n0["log"]
    play.expect(
        log[0]["index"] == 10,
        Rule.SNAPSHOT,
        f"n0 had a snapshot of 10 and now begins at {log[0]['index']}",
        "n0",
    )
    answer = append(play, "n1", 3, (10, 2), [3])
    play.expect(
        answer["success"], Rule.SNAPSHOT, "n0 has a snapshot up to entry 10 and refuses entry 11", "n0"
    )


@scenario("snapshot", "Figure 13", alone=True)
def entries_behind_the_snapshot_stay(play: Play) -> None:
    """A snapshot of the first part of a follower's log leaves the rest; one of another log leaves nothing."""
    append(play, "n1", 3, (0, 0), [1, 1, 2, 2, 3])
    _install_on_n0(play, 3, 2)
    play.expect(
        terms_of(play) == [2, 3],
        Rule.SNAPSHOT,
        f"n0 had five entries, took a snapshot of three, and keeps terms {terms_of(play)}, not [2, 3]",
        "n0",
    )
    _install_on_n0(play, 4, 3)
    _keeps_nothing(play)


@scenario("snapshot", "Figure 13", alone=True)
def a_deposed_leaders_entries_go(play: Play) -> None:
    """n0 has entries of a newer term than the snapshot, which nobody else ever stored: they go."""
    append(play, "n2", 3, (0, 0), [1, 3, 3])
    _install_on_n0(play, 2, 2, term=4)
    _keeps_nothing(play)


def _keeps_nothing(play: Play) -> None:
    play.expect(
        terms_of(play) == [],
        Rule.SNAPSHOT,
        f"the snapshot's last entry conflicts with n0's log, and n0 keeps terms {terms_of(play)}",
        "n0",
    )


@scenario("snapshot", "§5.3", alone=True)
def conflict_behind_the_snapshot(play: Play) -> None:
    """Behind a snapshot, too, entries that conflict with the leader's go, and what follows them."""
    _install_on_n0(play, 3, 2)
    append(play, "n1", 3, (3, 2), [3, 3, 3])
    append(play, "n2", 4, (3, 2), [3, 4])
    play.expect(
        terms_of(play) == [3, 4],
        Rule.LOGS_AGREE,
        f"n0's entries behind its snapshot have terms {terms_of(play)}; the leader replaced entry 5",
        "n0",
    )


@scenario("snapshot", "§5.1", alone=True)
def a_snapshot_is_a_leaders_word(play: Play) -> None:
    """A snapshot of an older term is refused; one of the own term makes a candidate follow, and wait."""
    append(play, "n1", 3, (0, 0), [])
    sent = play.hear("n2", "install_snapshot", 2, last_index=2, last_term=1, snapshot=["a", "b"])
    answers = [message for message in sent if message["type"] == "append_entries_reply"]
    refused = bool(answers) and not answers[-1]["success"] and play.n0["log"][0]["index"] == 0
    play.expect(refused, Rule.STALE_REQUEST, "n0 in term 3 does not refuse the snapshot of term 2", "n0")
    refuses_from_0(play, answers[-1])
    term = campaign(play)
    _install_on_n0(play, 2, 1, term=term)
    follows = (play.n0["role"], play.n0["leader"]) == ("follower", "n1")
    play.expect(
        follows, Rule.ELECTION_SAFETY, f"n0 is {play.n0['role']} after n1's snapshot of its own term", "n0"
    )
    asked = len(asked_for_votes_s(play, "n0"))
    for _ in range(30):
        _install_on_n0(play, 2, 1, term=term)
        play.run(0.08)
    play.expect(
        len(asked_for_votes_s(play, "n0")) == asked,
        Rule.LEADER_STABLE,
        "n0 campaigns although n1 sends it snapshots",
        "n0",
    )


@scenario("snapshot", "§7", nodes=5, alone=True)
def a_snapshot_confirms_its_own_reach(play: Play) -> None:
    """Entries behind a snapshot may be another leader's: the answer confirms the snapshot and no more."""
    append(play, "n2", 2, (0, 0), [1, 1, 2, 2, 2])
    answer = _install_on_n0(play, 3, 2)
    play.expect(
        answer["index"] <= 3,
        Rule.HONEST_REPLY,
        f"n0 was sent a snapshot up to entry 3 and confirms {answer['index']} entries, two of them unchecked",
        "n0",
    )
    play.expect(
        answer["success"] and answer["index"] == 3,
        Rule.SNAPSHOT,
        f"n0 took a snapshot up to entry 3 and answers success={answer['success']}, index={answer['index']}",
        "n0",
    )


@scenario("snapshot", "§7", alone=True)
def entries_across_the_snapshot(play: Play) -> None:
    """Late messages begin inside the snapshot and end in it or behind it; what lies behind is taken."""
    _install_on_n0(play, 4, 2)
    for previous, terms in (((1, 1), [1, 2, 2, 3]), ((3, 2), [2, 3, 3])):
        answer = append(play, "n1", 3, previous, terms)
        # Who refuses must at least send the leader behind the snapshot, or it would begin there for ever.
        play.expect(
            answer["success"] or answer["index"] >= 4,
            Rule.SNAPSHOT,
            f"n0 has a snapshot up to 4 and refuses entries after {previous[0]}, back to {answer['index']}",
            "n0",
        )
    answer = append(play, "n1", 3, (4, 2), [3, 3])
    play.expect(answer["success"], Rule.SNAPSHOT, "n0 has a snapshot up to 4 and cannot take entry 5", "n0")
    play.expect(
        terms_of(play) == [3, 3], Rule.SNAPSHOT, f"n0's log after the snapshot: terms {terms_of(play)}", "n0"
    )
    answer = append(play, "n1", 3, (1, 1), [1])
    play.expect(
        answer["success"] and answer["index"] == 2,
        Rule.SNAPSHOT,
        f"entry 2 is in n0's snapshot; it answers success={answer['success']}, index={answer['index']}",
        "n0",
    )


@scenario("snapshot", "§7", alone=True)
def compaction_forgets_nothing(play: Play) -> None:
    """After the application's snapshot the log still knows the term of the last entry that went."""
    append(play, "n1", 3, (0, 0), [1, 2, 2, 3], commit=3)
    play.compact("n0")
    log = play.n0["log"]
    play.expect(
        [(e["index"], e["term"]) for e in log] == [(3, 2), (4, 3)],
        Rule.SNAPSHOT,
        f"after a snapshot up to 3 n0's log is {[(e['index'], e['term']) for e in log]}, not [(3, 2), (4, "
        "3)]",
        "n0",
    )
    play.expect(
        log[0]["command"] is None,
        Rule.SNAPSHOT,
        f"n0 keeps the command {log[0]['command']!r} although its snapshot holds it",
        "n0",
    )
    answer = append(play, "n1", 3, (3, 2), [3])
    play.expect(answer["success"], Rule.SNAPSHOT, "n0 refuses entries right behind its own snapshot", "n0")
    append(play, "n1", 3, (4, 3), [], commit=4)
    for _ in range(2):  # the application may hand over the same state twice
        play.compact("n0")
    play.expect(
        [(e["index"], e["term"]) for e in play.n0["log"]] == [(4, 3)],
        Rule.SNAPSHOT,
        f"after a snapshot of all it has n0's log has terms {terms_of(play)}, behind the snapshot",
        "n0",
    )


@scenario("snapshot", "§7", nodes=5, compact_every=5, profile=UNRELIABLE)
def churn_with_snapshots(play: Play) -> None:
    """Crashes, partitions and snapshots at random; nothing acknowledged is lost."""
    for round in range(10):
        leader = play.leader(within_s=30)
        for number in range(4):
            play.propose(leader, f"{round}.{number}")
            play.run(0.05)
        random_fault(play)
        play.run(0.5)
        if len(play.group.running()) == play.group.quorum:
            play.heal()
    play.settle()


def _install(play: Play, *, crash: bool) -> None:
    play.agree("begin", on=3, within_s=30)
    for round in range(2):
        victim = play.others(play.leader(within_s=30))[0]
        if crash:
            play.crash(victim)
        else:
            play.isolate(victim)
        for number in range(14):
            play.agree(f"{round}.{number}", on=2, within_s=30)
        play.heal()
        play.restart(victim)
        play.agree(f"{round} together", on=3, within_s=30)
    play.settle()


def _install_on_n0(play: Play, index: int, last_term: int, *, term: int = 3) -> dict[str, Any]:
    sent = play.hear(
        "n1",
        "install_snapshot",
        term,
        last_index=index,
        last_term=last_term,
        snapshot=[f"c{i}" for i in range(1, index + 1)],
    )
    replies = [message for message in sent if message["type"] == "append_entries_reply"]
    play.expect(
        bool(replies), Rule.SNAPSHOT, "n0 does not answer install_snapshot with append_entries_reply", "n0"
    )
    return replies[-1]


SCENARIOS = (
    logs_stay_short, install_after_partition, install_unreliable, install_after_crash,
    install_after_crash_unreliable, all_crash_with_snapshots, restart_twice, reordered_snapshots,
    entries_behind_the_snapshot_stay, a_deposed_leaders_entries_go, conflict_behind_the_snapshot,
    a_snapshot_is_a_leaders_word, a_snapshot_confirms_its_own_reach, entries_across_the_snapshot,
    compaction_forgets_nothing, churn_with_snapshots,
)  # fmt: skip
