"""A JupyterLab of the test's own on a copy of the course, and a headless Chromium to look at it."""

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
from typing import NamedTuple

import pytest

from course.lab.command import DATA
from course.project import PROJECT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Lab(NamedTuple):
    """A running JupyterLab: its folder and its address with the token left out."""

    root: Path
    url: str
    token: str


@pytest.fixture(scope="session")
def chromium() -> str:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    return CHROMIUM


@pytest.fixture(scope="module")  # what one file's learner writes is not another's
def lab(chromium, tmp_path_factory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("lab")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    for tree in ("release", "source"):
        shutil.copytree(PROJECT / tree, root / tree, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    config = root / "etc" / "jupyter_server_config.d"
    config.mkdir(parents=True)
    shutil.copy(PROJECT / "jupyter-config" / "course.json", config)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COURSE_")},
        "HOME": str(root),
        "JUPYTER_CONFIG_DIR": str(root / "config"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join([str(root), str(root / "etc")]),
        "JUPYTER_PATH": str(DATA),
        "JUPYTER_DATA_DIR": str(root / "jupyter"),
        "PYTHONPATH": str(PROJECT),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    log = (root / "lab.log").open("w")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyter",
            "lab",
            "--no-browser",
            "--allow-root",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={token}",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        cwd=root,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"JupyterLab ended: {(root / 'lab.log').read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"{url}/api?token={token}", timeout=1).close()
            break
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)  # it is starting; there is nothing to be told by
    yield Lab(root, url, token)
    process.terminate()
    process.wait(30)
    log.close()
