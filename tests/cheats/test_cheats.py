"""No attempt gains a point, reaches anything or leaves anything behind."""

import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from course.sandbox import protection
from tests.cheats import scene as scenes
from tests.cheats.attempts import ATTEMPTS, CANARY, NEIGHBOUR, SEED

pytestmark = pytest.mark.skipif(
    bool(protection.probe().weaker),
    reason="needs bubblewrap and user namespaces: without them there is no sandbox",
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade every attempt in one batch, with a neighbour among them and a listener on the network."""
    connections: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            try:
                while True:
                    connections.append(server.accept())
            except OSError:
                pass

        threading.Thread(target=listen, daemon=True).start()
        scene = scenes.build(tmp_path_factory.mktemp("cheats"), server.getsockname()[1])
        scenes.submit_all(scene)
        before = scenes.fingerprint(scene.root)
        done = scenes.course_grade(scene.root, "--workers", "2", "--no-feedback")
        time.sleep(2)  # what was left behind would act by now
        server.shutdown(socket.SHUT_RDWR)
    return SimpleNamespace(
        scene=scene,
        done=done,
        scores=scenes.scores(scene.root),
        untouched=before == scenes.fingerprint(scene.root),
        connections=connections,
        left=scenes.left_processes(),
    )


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=[attempt.name for attempt in ATTEMPTS])
def test_an_attempt_gains_no_point_and_writes_and_learns_nothing(attempt, graded):
    assert graded.scores[attempt.name] == 0
    assert list((graded.scene.outside / attempt.name).iterdir()) == []
    shown = scenes.outputs(graded.scene.root, attempt.name)
    assert shown
    for secret in (CANARY, SEED, "FOUND ['", "DONE ['", "root:"):
        assert secret not in shown


def test_there_are_at_least_forty_attempts():
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS) >= 40


def test_the_neighbour_keeps_every_point(graded):
    assert graded.scores[NEIGHBOUR] == 18


def test_the_batch_ends_well_whatever_is_in_it(graded):
    assert graded.done.returncode == 0, graded.done.stderr[-3000:]
    assert f"{len(ATTEMPTS) + 1} graded, 0 not" in graded.done.stdout


def test_sources_and_submissions_are_as_they_were(graded):
    assert graded.untouched


def test_no_process_is_left(graded):
    assert graded.left == []


def test_nobody_reached_the_network(graded):
    assert graded.connections == []


def test_nothing_was_written_where_everyone_may_write():
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/"):
        assert not (Path(folder) / "cheat-was-here").exists()
        assert not (Path(folder) / "cheat-message").exists()
