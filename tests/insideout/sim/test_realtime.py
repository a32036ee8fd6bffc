"""In real time the loop waits, runs events between calls from other threads, and says when one failed."""

import threading
import time

import pytest

from insideout.sim.realtime import RealtimeLoop


def test_run_waits():
    """run() takes as long as it says, and events come in order at their time."""
    loop = RealtimeLoop()
    seen: list[str] = []
    loop.call_later(0.04, seen.append, "late")
    loop.call_later(0.02, seen.append, "early")
    began = time.monotonic()
    loop.run(0.06)
    assert seen == ["early", "late"]
    assert 0.05 < time.monotonic() - began < 0.5


def test_thread_runs_events():
    """Between start() and stop() a thread runs what falls due, also what other threads ask for."""
    loop = RealtimeLoop()
    loop.start()
    done = threading.Event()
    loop.call_later(0.01, done.set)
    assert done.wait(2)
    loop.stop()
    never = threading.Event()
    loop.call_soon(never.set)
    assert not never.wait(0.05)


def test_calls_exclude_each_other():
    """No call runs while another call, or an event, runs."""
    loop = RealtimeLoop()
    loop.start()
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.001)
        inside -= 1

    for delay in range(10):
        loop.call_later(delay / 1000, work)
    threads = [threading.Thread(target=lambda: [loop.call(work) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loop.stop()
    assert most == 1


def test_run_until_sees_what_the_thread_did():
    """run_until() returns as soon as the condition holds, and False when it does not in time."""
    loop = RealtimeLoop()
    loop.start()
    seen: list[int] = []
    loop.call_later(0.02, seen.append, 1)
    assert loop.run_until(lambda: bool(seen), 2)
    assert not loop.run_until(lambda: len(seen) > 1, 0.02)
    loop.stop()


def test_failed_event_is_said():
    """An event that raises ends the loop, and the next who runs it learns why."""
    loop = RealtimeLoop()
    hook, threading.excepthook = threading.excepthook, lambda _: None
    try:
        loop.start()
        loop.call_soon(lambda: 1 / 0)
        with pytest.raises(RuntimeError, match="has stopped") as caught:
            loop.run_until(lambda: False, 2)
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        loop.stop()
    finally:
        threading.excepthook = hook


def fail():
    raise ZeroDivisionError("told")


@pytest.mark.parametrize("wait", [lambda loop: loop.run(0.3), lambda loop: loop.run_until(lambda: False, 5)])
def test_a_failure_that_is_raised_to_who_waits_is_not_shown_as_well(monkeypatch, wait):
    shown = []
    monkeypatch.setattr(threading, "excepthook", shown.append)
    loop = RealtimeLoop()
    loop.start()
    loop.call_later(0.1, fail)
    with pytest.raises(RuntimeError, match="loop has stopped: ZeroDivisionError: told") as raised:
        wait(loop)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    loop.stop()
    assert shown == []


def test_a_failure_that_nobody_waits_for_is_shown(monkeypatch):
    shown = []
    monkeypatch.setattr(threading, "excepthook", shown.append)
    loop = RealtimeLoop()
    loop.start()
    loop.call_soon(fail)
    loop._thread.join()
    assert [one.exc_type for one in shown] == [ZeroDivisionError]


def test_clock_never_goes_back():
    """The clock, read between events and calls, only grows."""
    loop = RealtimeLoop()
    times: list[float] = []
    for delay in (0.01, 0.011, 0.02):
        loop.call_later(delay, lambda: times.append(loop.now_s))
    loop.start()
    for _ in range(30):
        loop.call(lambda: times.append(loop.now_s))
        time.sleep(0.001)
    loop.stop()
    assert times == sorted(times)


def test_events_that_fall_behind_let_others_in():
    """A loop with more to do than it can still runs calls, looks at conditions, and can be stopped."""
    loop = RealtimeLoop()
    loop.start()
    done = 0

    def busy(due_s: float) -> None:
        nonlocal done
        time.sleep(0.005)
        done += 1
        loop.call_at(due_s + 0.001, busy, due_s + 0.001)

    loop.call_soon(busy, loop.now_s)
    assert loop.run_until(lambda: done > 20, 5)
    assert loop.call(lambda: done) > 20
    loop.stop()
    assert loop.failure is None


def test_a_condition_may_ask_somebody_who_asks_the_loop():
    """On a real control plane a log is read so: the API server asks our kubelet, which asks the loop."""
    loop, answers = RealtimeLoop(looks_outside=True), []
    loop.start()

    def asked() -> bool:
        another = threading.Thread(target=lambda: answers.append(loop.call(lambda: True)), daemon=True)
        another.start()
        another.join(10)
        return bool(answers)

    assert loop.run_until(asked, 10)
    assert len(answers) == 1
    assert not loop.run_until(lambda: False, 0.01)
    loop.stop()
