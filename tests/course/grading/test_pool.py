"""Jobs are run once each, also when workers die."""

import os
import signal
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from course.grading import pool
from course.grading.submission import Job, grade
from course.grading.unit import load
from tests.cheats import scene as scenes


def failed(job, why):
    return (job, why)


def square(job: int) -> int:
    return job * job


def die_once(job: tuple[int, str]) -> int:
    """End the worker's process the first time that job 3 is run."""
    number, folder = job
    marker = Path(folder) / "died"
    if number == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_always(job: int) -> int:
    if job == 3:
        time.sleep(0.2)  # so that the others are done
        os._exit(1)
    return job


def session_of(job: int) -> int:
    return os.getsid(0)


def run(function, jobs, workers=2):
    return sorted(
        pool.run_all(function, jobs, lambda: pool.local_executor(workers), 2 * workers, failed), key=str
    )


def test_every_job_is_run_once():
    assert run(square, range(20)) == sorted((n * n for n in range(20)), key=str)


def test_jobs_are_read_only_when_there_is_room():
    """A class of a thousand is never in memory at once."""
    read = []

    def jobs():
        for number in range(20):
            read.append(number)
            yield number

    running = pool.run_all(square, jobs(), lambda: pool.local_executor(1), 3, failed)
    next(running)
    assert len(read) <= 5
    assert len(list(running)) == 19


def test_the_workers_get_more_before_the_next_result_is_taken():
    """Whoever takes results may be slow; what was done meanwhile does not keep the workers waiting."""
    given = []

    class AtOnce(Executor):
        def submit(self, function, /, *args, **kwargs):
            given.append(args)
            future = Future()
            future.set_result(function(*args))
            return future

    running = pool.run_all(square, range(6), AtOnce, 3, failed)
    next(running)
    assert len(given) == 3
    next(running)
    assert len(given) == 4
    assert len(list(running)) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shares the processors among sessions")
def test_each_worker_has_a_session_of_its_own():
    (session,) = set(run(session_of, range(2), workers=1))
    assert session != os.getsid(0)


def test_a_worker_that_dies_takes_no_job_along(tmp_path):
    jobs = [(number, str(tmp_path)) for number in range(8)]
    assert run(die_once, jobs) == list(range(8))


def test_a_job_that_always_kills_its_worker_is_told_and_the_others_are_done():
    results = run(die_always, range(5), workers=1)
    assert [one for one in results if isinstance(one, int)] == [0, 1, 2, 4]
    ((job, why),) = [one for one in results if not isinstance(one, int)]
    assert job == 3
    assert "ended 3 times: BrokenProcessPool" in why


@pytest.mark.filterwarnings("ignore")  # of Dask's own, about the machine
def test_a_dask_cluster_grades_a_class_though_one_of_its_workers_is_killed(protection, tmp_path):
    distributed = pytest.importorskip("distributed")
    from nbgrader.api import Gradebook

    scene = scenes.build(tmp_path, 0)
    assert scenes.course_grade(scene.root, "--no-feedback", "--workers", "1").returncode == 0
    with Gradebook(f"sqlite:///{scene.root / 'gradebook.db'}", scenes.COURSE) as gradebook:
        (unit,) = load(gradebook, scenes.UNIT)
    data = (scene.root / "submitted" / scenes.NEIGHBOUR / scenes.UNIT / "06_qos.ipynb").read_bytes()
    jobs = [Job(f"s{number}", unit, data, seed="5") for number in range(12)]
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        protocol="tcp",
        silence_logs=50,
    ) as cluster:
        results = []
        for graded in pool.run_all(
            grade, jobs, lambda: pool.DaskExecutor(cluster.scheduler_address), 6, lambda job, why: why
        ):
            results.append(graded)
            if len(results) == 2:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    assert sorted(graded.student for graded in results) == sorted(job.student for job in jobs)
    assert all(not graded.error and '"18 of 18' not in graded.text for graded in results)
    assert all(
        graded.text.count("of 4 points") == results[0].text.count("of 4 points") > 0 for graded in results
    )
