"""The work queue holds each key at most once and brings failures back ever later."""

from insideout.client import ApiError
from insideout.client.workqueue import WorkQueue, backoff_s
from insideout.sim.loop import Loop


def test_waiting_key_is_there_once():
    """Adding a key that waits changes nothing."""
    queue: WorkQueue[str] = WorkQueue(Loop())
    for key in ("a", "b", "a"):
        queue.add(key)
    assert [queue.get(), queue.get(), queue.get()] == ["a", "b", None]


def test_key_added_during_work_comes_back_once():
    """However often a key is added while worked on, it waits once, and only after `done`."""
    queue: WorkQueue[str] = WorkQueue(Loop())
    queue.add("a")
    assert queue.get() == "a"
    queue.add("a")
    queue.add("a")
    assert queue.get() is None
    queue.done("a")
    assert [queue.get(), queue.get()] == ["a", None]


def test_backoff_doubles_to_1000_s():
    """The delays are 5 ms, 10 ms, 20 ms and so on, never above 1000 s."""
    assert [backoff_s(n) for n in (0, 1, 2, 17)] == [0.005, 0.01, 0.02, 655.36]
    assert backoff_s(18) == backoff_s(10_000) == 1000


def test_failures_come_back_later_until_success():
    """A sync that the server refuses is tried again after each delay; success starts the delays anew."""
    loop = Loop()
    queue: WorkQueue[str] = WorkQueue(loop)
    tries = []

    def sync(key: str) -> None:
        tries.append(round(loop.now_s, 6))
        if len(tries) < 4:
            raise ApiError({"code": 409, "message": "conflict"})

    queue.start(sync)
    queue.add("a")
    loop.run(10)
    assert tries == [0, 0.005, 0.015, 0.035]
    assert queue.requeues("a") == 0


def test_earliest_delay_wins():
    """Of two delayed additions of one key the earlier one counts, and the key comes once."""
    loop = Loop()
    queue: WorkQueue[str] = WorkQueue(loop)
    times = []
    queue.start(lambda key: times.append(loop.now_s))
    queue.add_after("a", 5)
    queue.add_after("a", 2)
    queue.add_after("a", 9)
    loop.run(20)
    assert times == [2]


def test_stopped_queue_keeps_keys():
    """After stop() nothing is synced; a new start works off what waited."""
    loop = Loop()
    queue: WorkQueue[str] = WorkQueue(loop)
    queue.start(lambda key: None)
    queue.stop()
    queue.add("a")
    loop.run(1)
    assert len(queue) == 1
    synced: list[str] = []
    queue.start(synced.append)
    loop.run(1)
    assert synced == ["a"]
