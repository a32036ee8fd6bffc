"""What the explorer finds, what it lets pass, and how it tells it."""

import pytest

from insideout.client import Client, Object
from insideout.explore import KINDS, Fault, Scenario, Spot, Step, Verdict, Write, explore, play
from insideout.explore.faults import KILL_AFTER
from insideout.sim import Loop
from tests.insideout.explore.bugs import BUGS
from tests.insideout.explore.right import RIGHT, Live, live
from tests.insideout.explore.shop import (
    CREATE,
    DELETE,
    KIOSK,
    NS,
    PAINT,
    RECREATE,
    SHELVES,
    SHRINK,
    TAKE_SHELF,
    scenario,
)


@pytest.mark.parametrize("name", BUGS)
def test_each_classic_mistake_is_found_within_the_default_budget(name: str) -> None:
    bug = BUGS[name]
    verdict = explore(bug.factory, scenario(*bug.steps))
    assert not verdict
    assert verdict.rule in bug.rules


@pytest.mark.parametrize("name", BUGS)
def test_no_fault_of_a_story_can_be_left_out(name: str) -> None:
    bug = BUGS[name]
    verdict = explore(bug.factory, scenario(*bug.steps))
    for left_out in range(len(verdict.plan)):
        fewer = (*verdict.plan[:left_out], *verdict.plan[left_out + 1 :])
        assert play(bug.factory, scenario(*bug.steps), fewer).rule != verdict.rule


WAYS = {
    "create, shrink, delete": (CREATE, SHRINK, DELETE),
    "paint, take, create again": (CREATE, PAINT, TAKE_SHELF, RECREATE),
    "two": (CREATE, SHRINK, KIOSK, DELETE),
}


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("way", WAYS)
def test_right_controllers_survive(name: str, way: str) -> None:
    verdict = explore(RIGHT[name], scenario(*WAYS[way]), budget=250)
    assert verdict, verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [0, 1])
def test_right_controllers_survive_the_default_budget(name: str, way: str, seed: int) -> None:
    verdict = explore(RIGHT[name], scenario(*WAYS[way]), seed=seed)
    assert verdict, verdict


def test_the_same_seed_tries_and_tells_the_same() -> None:
    bug = BUGS["errors swallowed at the second try"]
    first, second = (explore(bug.factory, scenario(*bug.steps)) for _ in range(2))
    assert str(first) == str(second)
    assert first.plan == second.plan


def test_what_takes_two_faults_is_told_with_two() -> None:
    bug = BUGS["errors swallowed at the second try"]
    verdict = explore(bug.factory, scenario(*bug.steps))
    assert [fault.kind for fault in verdict.plan] == ["refuse", "refuse"]
    assert "(2) the server refuses this write" in str(verdict)


def test_a_fault_without_which_the_rule_breaks_too_is_left_out() -> None:
    from insideout.explore.search import Explorer

    bug = BUGS["errors swallowed"]
    explorer = Explorer(bug.factory, scenario(*bug.steps))
    found = explorer.play((Fault(Spot("event", 1), "lag"), Fault(Spot("call", 3), "refuse")))
    assert len(found.plan) == 2
    assert found.rule
    assert len(explorer.shrink(found).plan) == 1


def test_a_story_says_who_wrote_what_and_where_the_fault_is() -> None:
    bug = BUGS["names noted afterwards"]
    text = str(explore(bug.factory, scenario(*bug.steps)))
    assert text.splitlines()[0].startswith("Broken: no shelf twice: the Store has 3 shelves")
    assert "user creates stores.example.com/web: spec.paint: red, spec.shelves: 2" in text
    assert "(1) the write is done, then the controller is killed" in text
    assert "controller starts again, with empty memory" in text


def test_only_the_kinds_of_fault_that_are_asked_for_happen() -> None:
    bug = BUGS["names noted afterwards"]
    assert explore(bug.factory, scenario(*bug.steps), kinds=["lag"], budget=60)
    assert not explore(bug.factory, scenario(*bug.steps), kinds=[KILL_AFTER], budget=60)


def test_every_kind_of_fault_happens_by_chance() -> None:
    from insideout.explore.search import Explorer

    explorer = Explorer(RIGHT["cached reads"], scenario())
    seen = set()
    for number in range(60):
        execution = explorer.play(choose=explorer._by_chance(number))
        seen.update(fault.kind for fault in execution.plan)
    assert seen == set(KINDS)


def test_a_replay_without_faults_tells_what_happens_by_itself() -> None:
    verdict = play(RIGHT["live reads"], scenario(CREATE))
    assert verdict
    assert [str(line) for line in verdict.lines][-1] == "all is quiet"
    assert any("controller creates configmaps/web-1" in str(line) for line in verdict.lines)


def test_states_that_were_seen_end_an_execution() -> None:
    from insideout.explore.search import Explorer

    explorer = Explorer(live(Live), scenario())
    explorer.search(budget=150)
    first = explorer.play((), left=0)
    assert first.is_known


class Crashes:
    """A controller that fails at once."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._loop = loop

    def start(self) -> None:
        raise KeyError("spec")

    def stop(self) -> None:
        """Nothing to end."""


def test_a_controller_that_fails_again_and_again_is_told_with_its_error() -> None:
    verdict = explore(Crashes, Scenario(), budget=5)
    assert verdict.rule == "does not crash"
    assert "KeyError: 'spec'" in verdict.why


class Spins(Crashes):
    """A controller that never rests, without a write."""

    def start(self) -> None:
        self._loop.call_soon(self.start)


def test_a_controller_that_spins_is_caught() -> None:
    assert explore(Spins, Scenario(), budget=5).rule == "goes quiet"


class Catches(Crashes):
    """A controller that catches whatever comes."""

    def __init__(self, client: Client, loop: Loop) -> None:
        super().__init__(client, loop)
        self._client = client

    def start(self) -> None:
        for _ in range(3):
            try:
                self._client.create(SHELVES, {"metadata": {"generateName": "x-"}}, NS)
            except BaseException:
                continue


def test_a_killed_controller_writes_nothing_more_even_if_it_catches_everything() -> None:
    verdict = play(Catches, Scenario(), (Fault(Spot("call", 1), KILL_AFTER),))
    writes = [str(line) for line in verdict.lines if line.kind == "call"]
    starts = [str(line) for line in verdict.lines if line.kind == "start"]
    assert len(starts) == 2
    assert len(writes) == 1 + 3  # one of the first life, three of the second


class Nothing(Crashes):
    """A controller that does nothing."""

    def start(self) -> None:
        """Do nothing."""


def test_a_step_that_the_server_refuses_is_told_and_the_next_ones_follow() -> None:
    steps = [
        Step("deletes what is not there", lambda client: client.delete(SHELVES, "no", NS)),
        Step("creates a", lambda client: client.create(SHELVES, {"metadata": {"name": "a"}}, NS)),
    ]

    def goal(state: object) -> str | None:
        return None if state.get(SHELVES, "a", NS) else "no a"  # type: ignore[attr-defined]

    verdict = play(Nothing, Scenario(steps=steps, goal=goal))
    assert verdict
    assert 'the server refuses: configmaps "no" not found' in "".join(str(line) for line in verdict.lines)


def test_a_check_sees_the_object_before_and_after_a_write() -> None:
    seen: list[tuple[Object | None, Object | None]] = []

    def note(state: object, write: Write) -> None:
        seen.append((write.before, write.after))

    steps = [
        Step("creates a", lambda client: client.create(SHELVES, {"metadata": {"name": "a"}}, NS)),
        Step("deletes a", lambda client: client.delete(SHELVES, "a", NS)),
    ]
    play(Nothing, Scenario(steps=steps, always={"noted": note}))  # type: ignore[dict-item]
    assert [(bool(before), bool(after)) for before, after in seen] == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: explore(Nothing, Scenario(), kinds=["rust"]), "no kind of fault 'rust'"),
        (lambda: explore(Nothing, Scenario(), budget=0), "at least one execution"),
        (
            lambda: explore(Nothing, Scenario(objects=[{"apiVersion": "a/v1", "kind": "B"}])),
            "no kind 'B' of 'a/v1': is it defined?",
        ),
    ],
)
def test_what_cannot_be_set_up_gets_one_clear_line(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_a_rule_that_is_named_wrongly_says_so() -> None:
    def goal(state: object) -> str | None:
        state.get("boats", "x")  # type: ignore[attr-defined]
        return None

    with pytest.raises(LookupError, match="serves no resource 'boats'"):
        play(Nothing, Scenario(goal=goal))


def test_a_verdict_says_how_much_was_tried() -> None:
    verdict: Verdict = explore(Nothing, Scenario(), budget=20)
    assert str(verdict).startswith("nothing broke in")


@pytest.mark.parametrize("depth", [2, 3])
def test_plans_of_several_faults_are_counted_together(depth: int) -> None:
    """With room for all of them, as many were tried as there are, whatever the depth."""
    from insideout.explore.search import Explorer

    explorer = Explorer(live(Live), scenario(CREATE), kinds=["refuse"])
    search = explorer.search(budget=5000, depth=depth, chance=False)
    assert search.pairs == search.all_pairs > 0
