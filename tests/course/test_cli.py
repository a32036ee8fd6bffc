"""The command line says what it did in one line, and what was wrong in one line."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import kubernetes.client
import kubernetes.config
import kubernetes.watch
import pytest

from course.cli import main
from course.project import PROJECT
from insideout import records
from insideout.verify.players import TABLES, kind_of


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_verify_counts_matches(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A record that matches is counted, whatever the file is called; the exit code is 0."""
    path = write(tmp_path / "qos.jsonl", records.read("qos")[:5])
    assert main(["verify", str(path)]) == 0
    assert capsys.readouterr().out == f"{path} 5/5\n"


def test_verify_shows_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A record that differs is shown with -v; the exit code is 1."""
    row = {**records.read("qos")[0], "qosClass": "BestEffort"}
    path = write(tmp_path / "qos-wrong.jsonl", [row])
    assert main(["verify", "-v", str(path)]) == 1
    out = capsys.readouterr().out
    assert out == f'{path} 0/1\n  pod 0: .qosClass: want "BestEffort", got "Guaranteed"\n'


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "cannot be read as JSON lines"),
        ("", "holds no records"),
        ("[1]\n", "holds no records"),
        ('{"a": 1}\n', "its name says no kind of record that can be played; these can: "),
        (None, "cannot be read as JSON lines"),
    ],
)
def test_verify_refuses_bad_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, complaint: str
):
    """A file that is no record is refused in one line with exit code 2."""
    path = tmp_path / "bad.jsonl"
    if content is not None:
        path.write_text(content)
    assert main(["verify", str(path)]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_every_record_of_the_course_is_played_or_a_table(capsys: pytest.CaptureFixture[str]):
    """The README has `course verify insideout/records/*.json*`: no file there stops it before it begins."""
    files = sorted((PROJECT / "insideout" / "records").glob("*.json*"))
    unknown = [file.name for file in files if file.stem not in TABLES and not kind_of(file.stem)]
    assert unknown == []
    tables = [str(file) for file in files if file.stem in TABLES]
    assert main(["verify", *tables]) == 0
    assert capsys.readouterr().out.count("nothing to play") == len(tables) == len(TABLES)


@pytest.mark.parametrize("kind", ["qos", "scheduler", "statefulset"])
def test_verify_names_the_row_that_it_cannot_play(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
):
    """A row of another form is refused in one line that says file and line, with exit code 2."""
    path = write(tmp_path / f"{kind}.jsonl", [records.read(kind)[0], {"nodes": [{}], "pods": 1}])
    assert main(["verify", str(path)]) == 2
    error = capsys.readouterr().err
    assert f"{path}:2: this row cannot be played as {kind}" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--port", "99999"], ["--nodes", "-1"], ["--kubeconfig", "/no/such/file"]]
)
def test_serve_refuses_bad_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    """Arguments that make no sense are refused in one line with exit code 2."""
    assert main(["serve", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_until_interrupted(tmp_path: Path, number: signal.Signals):
    """Serve prints one line when ready, ends when interrupted, and leaves no file."""
    path = tmp_path / "kubeconfig"
    with subprocess.Popen(
        [sys.executable, "-m", "course.cli", "serve", "--api-only", "--kubeconfig", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.fullmatch(rf"ready at https://127\.0\.0\.1:\d+  KUBECONFIG={path}\n", line)
        assert path.exists()
        process.send_signal(number)
        out, error = process.communicate(timeout=10)
    assert (process.returncode, out, error) == (0, "", "")
    assert not path.exists()


def test_a_served_node_takes_a_moment_to_pull_an_image_and_some_are_nowhere(tmp_path: Path):
    """A client that polls must be able to see a rollout before it is over, and one that stops halfway."""
    path = tmp_path / "kubeconfig"
    call = [sys.executable, "-m", "course.cli", "serve", "--nodes", "1", "--kubeconfig", str(path)]
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        process.stdout.readline()
        api = kubernetes.client.CoreV1Api(kubernetes.config.new_client_from_config(str(path)))
        for name, image in (("p", "i"), ("q", "i:404")):
            pod = {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": image}]}}
            api.create_namespaced_pod("default", pod)
        said = set()
        for event in kubernetes.watch.Watch().stream(
            api.list_namespaced_event, "default", timeout_seconds=30
        ):
            if "pull image" in event["object"].message or "pulled image" in event["object"].message:
                said.add(event["object"].message.partition(": ")[0])
            if len(said) == 2:
                break
        process.send_signal(signal.SIGINT)
    assert said == {
        'Successfully pulled image "i" in 1s (1s including waiting).',
        'Failed to pull image "i:404"',
    }


def test_options_of_jupyterlab_are_passed_on_and_those_of_nobody_are_refused(monkeypatch):
    calls = []
    monkeypatch.setattr("course.lab.work.prepare", lambda project: {})
    monkeypatch.setattr("os.execv", lambda program, call: calls.append(call))
    monkeypatch.setattr("os.chdir", lambda folder: None)
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        monkeypatch.setenv(name, "")
    main(["lab", "--no-browser", "--port=1"])
    assert calls[0][-2:] == ["--no-browser", "--port=1"]
    with pytest.raises(SystemExit):
        main(["grade", "06_qos", "--port=1"])


def test_a_reader_that_goes_early_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    argv = [sys.executable, "-m", "course.cli", "doctor", "--lessons"]
    done = subprocess.run(argv, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
