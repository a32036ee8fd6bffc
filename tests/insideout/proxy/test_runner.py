from insideout.proxy.runner import BoundedFrequencyRunner
from insideout.sim.loop import Loop


def runner(loop: Loop, runs: list[float], *, succeeds: bool = True) -> BoundedFrequencyRunner:
    def work() -> bool:
        runs.append(loop.now_s)
        return succeeds

    return BoundedFrequencyRunner(loop, work, min_s=1, retry_s=30, max_s=3600)


def test_the_first_run_is_at_once_and_the_next_after_the_pause() -> None:
    loop, runs = Loop(), list[float]()
    it = runner(loop, runs)
    for when_s in (0.0, 0.1, 0.2, 1.5, 5.0):
        loop.call_at(when_s, it.run)
    loop.run(10)
    assert runs == [0, 1, 2, 5]


def test_it_runs_unasked_once_an_hour_after_the_last_run() -> None:
    loop, runs = Loop(), list[float]()
    it = runner(loop, runs)
    it.start()
    loop.call_at(100, it.run)
    loop.run(8000)
    assert runs == [100, 3700, 7300]


def test_a_failure_is_tried_again_unless_asked_for_sooner() -> None:
    loop, runs = Loop(), list[float]()
    it = runner(loop, runs, succeeds=False)
    it.run()
    loop.call_at(40, it.run)
    loop.run(80)
    assert runs == [0, 30, 40, 70]


def test_a_stopped_runner_runs_no_more() -> None:
    loop, runs = Loop(), list[float]()
    it = runner(loop, runs)
    it.run()
    loop.run(0.5)
    it.run()
    it.stop()
    loop.run(10_000)
    assert runs == [0]
