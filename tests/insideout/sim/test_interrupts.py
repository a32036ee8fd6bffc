import signal
import threading

import pytest

from insideout import Cluster
from insideout.sim import Loop, interrupts


@pytest.fixture(autouse=True)
def _python_hears_interrupts():
    """Let Python hear interrupts: a process that a shell starts in the background ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def ring() -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupt_waits_for_the_event_at_work():
    loop, done = Loop(), []

    def event():
        ring()
        done.append("whole")

    loop.call_later(1, event)
    loop.call_later(2, done.append, "next")
    with pytest.raises(KeyboardInterrupt):
        loop.run(10)
    assert (done, loop.now_s) == (["whole"], 1)
    loop.run(10)
    assert done == ["whole", "next"]


def test_an_interrupt_while_waiting_for_something_waits_too():
    loop, done = Loop(), []
    loop.call_later(1, lambda: (ring(), done.append("whole")))
    with pytest.raises(KeyboardInterrupt):
        loop.run_until(lambda: False, 10)
    assert done == ["whole"]


def test_an_event_without_an_end_is_interrupted(monkeypatch):
    monkeypatch.setattr(interrupts, "PATIENCE_S", 0.05)
    loop = Loop()

    def endless():
        ring()
        while True:
            pass

    loop.call_later(1, endless)
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        loop.run(10)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert threading.active_count() == before


def test_a_second_interrupt_does_not_wait():
    loop, done = Loop(), []
    loop.call_later(1, lambda: (ring(), ring(), done.append("never")))
    with pytest.raises(KeyboardInterrupt):
        loop.run(10)
    assert done == []


def test_who_handles_interrupts_goes_on_to():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append("mine"))
    try:
        loop = Loop()
        loop.call_later(1, ring)
        loop.run(10)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == ["mine"]


def test_a_cluster_goes_on_after_an_interrupt(monkeypatch, capsys):
    """A component of the learner's that hangs is stopped; the cluster can be used, and it starts again."""
    monkeypatch.setattr(interrupts, "PATIENCE_S", 0.05)
    starts = []

    class Scheduler:
        def __init__(self, client, loop):
            self._loop = loop

        def start(self):
            starts.append(self._loop.now_s)
            if len(starts) == 1:
                self._loop.call_later(1, self._hang)

        def _hang(self):
            ring()
            while True:
                pass

        def stop(self):
            pass

    with Cluster.create(nodes=1) as cluster:
        cluster.replace("kube-scheduler", Scheduler)
        with pytest.raises(KeyboardInterrupt):
            cluster.run(minutes=5)
        assert "kube-scheduler was interrupted at work" in capsys.readouterr().err
        assert len(cluster.core.list_node().items) == 1
        cluster.run(minutes=1)
        assert len(starts) == 2
