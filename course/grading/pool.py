"""Runs jobs on an executor: a pool of processes here, or Dask's workers elsewhere.

A worker that dies takes nothing along: its jobs are given to others, and a job that was there at three deaths
is told as one that could not be graded.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

ATTEMPTS = 3
WINDOW = 3
"""How many jobs a worker has waiting; more would only fill memory."""

J = TypeVar("J")
R = TypeVar("R")


def local_executor(workers: int) -> Executor:
    """Return a pool of `workers` processes that end with this one, even when it is killed."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    gc.freeze()  # so that a worker's collections do not copy the pages that it shares with the parent
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends the pool
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)
        # Linux shares the processors among sessions first: in one of its own, no worker takes from the
        # parent, who alone enters the results.
        os.setsid()


class DaskExecutor(Executor):
    """The workers of the Dask scheduler at `address`; each needs this package and bubblewrap."""

    def __init__(self, address: str) -> None:
        from distributed import Client  # an optional dependency: pip install 'kubernetes-inside-out[dask]'

        self._client = Client(address, set_as_default=False)
        self._inner: Executor = self._client.get_executor(pure=False)  # no two submissions are the same call

    @property
    def threads(self) -> int:
        """How many jobs the cluster runs at once."""
        return sum(self._client.nthreads().values())

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run the call on some worker; Dask gives it to another when that worker dies."""
        return self._inner.submit(function, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, which goes on."""
        self._inner.shutdown(wait=wait)
        self._client.close()


def run_all(
    function: Callable[[J], R],
    jobs: Iterable[J],
    open_executor: Callable[[], Executor],
    window: int,
    failed: Callable[[J, str], R],
) -> Iterator[R]:
    """Yield `function(job)` for every job as they finish; `failed(job, why)` for one that cannot be run."""
    fresh = iter(jobs)
    again: deque[tuple[J, int]] = deque()

    def take() -> tuple[J, int] | None:
        if again:
            return again.popleft()
        return next(
            ((job, 0) for job in fresh), None
        )  # read late, so that a class is never in memory at once

    first = take()
    while first is not None:
        executor = open_executor()
        running: dict[Future[R], tuple[J, int]] = {}
        try:
            while first is not None or running:
                while first is not None and len(running) < window:
                    job, tries = first
                    if running and (tries or any(tried > 1 for _, tried in running.values())):
                        break  # who was there at a death is tried alone, so that only the guilty one fails
                    running[executor.submit(function, job)] = (job, tries + 1)
                    first = take()
                # One at a time: whoever enters it into the gradebook must not keep the workers waiting.
                future = next(iter(wait(running, return_when=FIRST_COMPLETED).done))
                result = _result(future, *running.pop(future), again, failed)
                first = first or take()
                if result is not None:
                    yield result
        except BrokenExecutor:
            pass  # every future of the pool has ended; what was under way is sorted out below
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()  # Ctrl-C: nobody waits for the results
            raise
        left = list(running.items())
        executor.shutdown()
        for future, (job, tries) in left:
            result = _result(future, job, tries, again, failed)
            if result is not None:
                yield result
        first = first or take()


def _result(
    future: "Future[R]", job: J, tries: int, again: "deque[tuple[J, int]]", failed: Callable[[J, str], R]
) -> R | None:
    """Return what came of a job; None when it was put back to be tried again."""
    try:
        return future.result(timeout=60)
    except Exception as error:  # whatever ended the worker, its name and words are what the instructor needs
        if tries < ATTEMPTS:
            again.append((job, tries))
            return None
        return failed(job, f"the worker that graded it ended {tries} times: {type(error).__name__}: {error}")
