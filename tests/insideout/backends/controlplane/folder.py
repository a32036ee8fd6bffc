"""Stand-ins of the four programs in a folder, for whatever tests start a control plane."""

import json
import sys
from pathlib import Path

import pytest

import insideout

ROOT = Path(insideout.__file__).parents[1]


@pytest.fixture
def standins(tmp_path, monkeypatch):
    """Return a function that puts stand-ins of the four programs into a folder, to behave as told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    text = Path(__file__).with_name("standin.py").read_text("utf-8")
    for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        program = folder / name
        program.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n{text}", "utf-8"
        )
        program.chmod(0o755)
    monkeypatch.setenv("COURSE_CONTROLPLANE_BIN", str(folder))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def behave(**behaviour: str) -> Path:
        told = {name.replace("_", "-"): how for name, how in behaviour.items()}
        (folder / "behaviour.json").write_text(json.dumps(told))
        return folder

    behave()
    yield behave
    assert [one for one in tmp_path.iterdir() if one.name.startswith("kubernetes-inside-out")] == []
