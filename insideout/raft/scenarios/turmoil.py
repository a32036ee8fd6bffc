"""What several scenarios put a group through, again and again."""

from insideout.raft.play import Play


def random_fault(play: Play) -> None:
    """Crash a node unless a majority would be lost, or cut one off, or heal everything."""
    victim = play.rng.choice(play.ids)
    match play.rng.randrange(3):
        case 0 if len(play.group.running()) > play.group.quorum:
            play.crash(victim)
        case 1:
            play.isolate(victim)
        case _:
            play.heal()
            play.restart(*play.ids)


def deposed_leader(play: Play, round: int, commands: int) -> None:
    """Let a leader take commands, cut it off before the last, and bring it back when another leads."""
    leader = play.leader(within_s=30)
    for number in range(commands):
        play.propose(leader, f"{round}.{number}")
        play.run(0.05)
    play.isolate(leader)
    play.propose(leader, f"{round} lost")
    play.leader(within_s=30)
    play.heal()
