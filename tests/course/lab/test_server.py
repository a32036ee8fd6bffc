"""The course in a real Jupyter Server: its token and XSRF hold, and what a learner does there is kept."""

import getpass
import http.cookiejar
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from course.project import PROJECT

UNIT = "06_qos"
TOKEN = secrets.token_hex(8)


class Server:
    """A running server: its folder and address; it asks as a browser does, with cookies."""

    def __init__(self, root: Path, url: str) -> None:
        self.root, self.url = root, url
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, *, data: bytes | None = None, opener=None, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with (opener or self._opener).open(request, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    @property
    def xsrf(self) -> str:
        return next(cookie.value for cookie in self.jar if cookie.name == "_xsrf")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("server")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    for tree in ("release", "source"):
        shutil.copytree(PROJECT / tree / UNIT, root / tree / UNIT)
    config = root / "etc" / "jupyter_server_config.d"
    config.mkdir(parents=True)
    shutil.copy(PROJECT / "jupyter-config" / "course.json", config)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COURSE_")},
        "HOME": str(root),
        "JUPYTER_CONFIG_DIR": str(root / "config"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join([str(root), str(root / "etc")]),
        "JUPYTER_DATA_DIR": str(root / "jupyter"),
        "PYTHONPATH": str(PROJECT),
    }
    call = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--port={port}"]
    call += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", "--ServerApp.base_url=/at/"]
    log = (root / "server.log").open("w")
    process = subprocess.Popen(call, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
    made = Server(root, f"http://127.0.0.1:{port}/at")
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"the server ended: {(root / 'server.log').read_text()[-2000:]}")
        try:
            made.ask("/api")
            break
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)  # it is starting; there is nothing to be told by
    status, _ = made.ask(f"/course/?token={TOKEN}")
    assert status == 200, (root / "server.log").read_text()[-2000:]
    yield made
    process.terminate()
    process.wait(30)
    log.close()


PATHS = (
    "/course/",
    "/course/mistakes",
    f"/course/report/{UNIT}",
    f"/course/feedback/{UNIT}",
    "/course/progress.json",
)


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_shown(server, path):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    status, text = server.ask(path, opener=urllib.request.build_opener(Stay()))
    assert status in (302, 403)
    assert "Kubernetes" not in text


@pytest.mark.parametrize("path", [f"/course/check/{UNIT}", "/course/import"])
def test_without_the_xsrf_token_nothing_is_done(server, path):
    status, text = server.ask(path, data=b"")
    assert status == 403
    assert "_xsrf" in text


def test_the_learners_copy_is_there_when_the_server_is(server):
    assert (server.root / "work" / UNIT / f"{UNIT}.ipynb").read_bytes()
    status, text = server.ask("/course/")
    assert status == 200
    assert "/at/lab/tree/work/06_qos/06_qos.ipynb" in text


def test_before_a_check_there_is_no_report(server):
    status, text = server.ask(f"/course/report/{UNIT}")
    assert status == 404
    assert "06_qos has not been checked yet" in text
    assert server.ask("/course/report/99_nothing")[0] == 404
    assert server.ask("/course/report/..%2f..%2fetc")[0] == 404


def test_a_solved_unit_is_checked_and_its_points_are_on_the_map(server):
    work = server.root / "work" / UNIT / f"{UNIT}.ipynb"
    mine = nbformat.read(work, as_version=4)
    solved = nbformat.read(server.root / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    answers = {
        cell.id: cell.source for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    answers["evict-order"] = "def evict_order(pods):\n    return [pod['name'] for pod in pods]"
    for cell in mine.cells:
        cell.source = answers.get(cell.id, cell.source)
    nbformat.write(mine, work)
    status, text = server.ask(f"/course/check/{UNIT}", data=b"", **{"X-XSRFToken": server.xsrf})
    assert status == 200, text
    result = json.loads(text)
    by_name = {test["id"]: test for test in result["tests"]}
    assert by_name["qos-examples"]["points"] == by_name["qos-examples"]["most"]
    assert by_name["evict-order-examples"]["points"] < by_name["evict-order-examples"]["most"]
    assert result["points"] < result["most"]
    _, page = server.ask("/course/")
    assert f"{result['points']:g} / {result['most']:g}" in page
    _, report = server.ask(f"/course/report/{UNIT}")
    assert "Broken rule" in report
    _, mistakes = server.ask("/course/mistakes")
    assert "evict-order-examples" in mistakes
    assert "qos-examples" not in mistakes.replace("evict-order", "")
    status, feedback = server.ask(f"/course/feedback/{UNIT}")
    assert status == 200
    assert "QoS classes" in feedback
    assert (server.root / "autograded" / getpass.getuser() / UNIT).is_dir()


def test_a_notebook_that_is_none_is_refused_in_one_line(server):
    work = server.root / "work" / UNIT / f"{UNIT}.ipynb"
    whole = work.read_bytes()
    work.write_text("{")
    status, text = server.ask(f"/course/check/{UNIT}", data=b"", **{"X-XSRFToken": server.xsrf})
    work.write_bytes(whole)
    assert status == 422
    assert "cannot be read as a notebook" in json.loads(text)["message"]
    assert "\n" not in json.loads(text)["message"]


def form(name: str, text: str, xsrf: str) -> tuple[bytes, str]:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="_xsrf"\r\n\r\n{xsrf}\r\n',
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="p.json"\r\n\r\n{text}\r\n--b--\r\n',
    ]
    return "".join(parts).encode(), "multipart/form-data; boundary=b"


def test_progress_is_saved_and_read_in(server):
    status, text = server.ask("/course/progress.json")
    assert status == 200
    content = json.loads(text)
    content["predictions"]["06_qos/elsewhere"] = {
        "question": "Asked elsewhere?",
        "right": False,
        "unit": UNIT,
    }
    data, kind = form("file", json.dumps(content), server.xsrf)
    status, page = server.ask("/course/import", data=data, **{"Content-Type": kind})
    assert (status, "1 entries were read in" in page) == (200, True)
    assert "Asked elsewhere?" in server.ask("/course/mistakes")[1]
    data, kind = form("file", "{", server.xsrf)
    status, page = server.ask("/course/import", data=data, **{"Content-Type": kind})
    assert (status, "It was not read in: it is not JSON" in page) == (422, True)
