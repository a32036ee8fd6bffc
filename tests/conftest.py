"""What several test modules share: one embedded cluster over HTTP."""

import os
from collections import Counter
from collections.abc import Generator, Iterator

import pytest

from insideout.backends.embedded import EmbeddedBackend
from tests.sockets import sockets_collected

SAMPLED = {
    "tests/browser/test_lab.py::test_a_solved_notebook_runs_to_its_end_and_passes": 0,
    "tests/course/grading/test_batch.py::test_a_late_submission_is_newer_and_gets_its_penalty": 0,
    "tests/course/grading/test_batch.py::test_the_course_folders_own_settings_hold": 0,
    "tests/course/grading/test_killed.py::test_killed_at_a_moment_that_changes_something": 2,
    "tests/course/units/u03_raft/test_checks.py::test_a_raft_of_another_build_earns_every_stage": 0,
    "tests/course/units/u03_raft/test_checks.py::test_a_wrong_rule_loses_points_where_it_is_meant_to": 3,
    "tests/course/units/u05_pods/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u07_node_failure/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u08_rollouts/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u09_statefulsets/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u10_operators/test_checks.py::test_a_misconception": 4,
    "tests/course/units/u11_services/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u13_networking/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u15_monitoring/test_checks.py::test_a_misconception": 3,
    "tests/course/units/u16_troubleshooting/test_checks.py::test_a_misconception": 7,
    "tests/course/units/u16_troubleshooting/test_checks.py::test_a_right_solution": 2,
    "tests/course/units/u16_troubleshooting/test_checks.py::"
    "test_every_cluster_is_broken_as_it_says_and_can_be_repaired": 3,
    "tests/course/units/u17_capstone/test_checks.py::test_a_wrong_part_loses_an_hour_that_it_decides": 3,
    "tests/insideout/explore/test_explore.py::test_right_controllers_survive": 4,
    "tests/insideout/raft/test_rehearsal.py::"
    "test_a_situation_played_from_notes_is_the_one_played_with_the_nodes": 3,
}
"""Of these `make test` runs every so many-eth case, at 0 none; `make nightly` runs all."""

LONG = (
    "tests/course/grading/test_nbgrader.py",
    "tests/course/units/u16_troubleshooting/test_checks.py",
    "tests/course/grading/test_accidents.py",
    "tests/cheats/test_cheats.py",
    "tests/course/grading/test_batch.py",
    "tests/insideout/network/kernel/test_reach.py",
    "tests/insideout/backends/controlplane/test_backend.py",
    "tests/course/grading/test_pool.py",
    "tests/course/units/u10_operators/test_checks.py",
    "tests/insideout/explore/test_explore.py",
    "tests/browser/test_day.py",
    "tests/browser/test_site.py",
    "tests/browser/test_lab.py",
    "source/16_troubleshooting/16_troubleshooting.ipynb",
    "source/03_raft/03_raft.ipynb",
    "source/08_rollouts/08_rollouts.ipynb",
)
"""Files that take a quarter of a minute and more: they run first, or a core would wait for the last one."""

os.environ["COURSE_PREDICT"] = "default"  # nbval's kernels inherit it


@pytest.hookimpl(optionalhook=True, wrapper=True)  # without xdist nobody asks
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Take one worker more than cores: a test that waits for a browser or a limit leaves its core idle."""
    return (yield) + 1


@pytest.hookimpl(tryfirst=True)  # before `-m` leaves out what is slow
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put LONG first, and mark as slow what SAMPLED leaves to the night."""
    first = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: first.get(item.nodeid.partition("::")[0], len(first)))
    seen: Counter[str] = Counter()
    for item in items:
        family = item.nodeid.partition("[")[0]
        every = SAMPLED.get(family)
        if every is not None and (every == 0 or seen[family] % every):
            item.add_marker("slow")
        seen[family] += 1


@pytest.fixture(scope="session")
def served() -> Iterator[EmbeddedBackend]:
    """Serve an embedded backend in real time, its HTTP door open."""
    with sockets_collected():
        backend = EmbeddedBackend(realtime=True)
        backend.kubeconfig()
        yield backend
        backend.stop()
