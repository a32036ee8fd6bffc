"""Which files of a submission its code gets, and what is said of the rest."""

from pathlib import Path

from course.grading.beside import beside, other_notebooks
from course.sandbox.limits import BESIDE_LIMIT_BYTES


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return folder


def test_those_of_the_source_lie_over_those_of_the_submission(tmp_path):
    mine = write(tmp_path / "mine", helper_py=b"1", data_csv=b"mine", mine_ipynb=b"", timestamp_txt=b"x")
    write(mine / "more", a_txt=b"2")
    source = write(tmp_path / "source", data_csv=b"theirs", x_ipynb=b"")
    found = beside(mine, source, [".ipynb_checkpoints"])
    assert found.files == (("data.csv", b"theirs"), ("helper.py", b"1"), ("more/a.txt", b"2"))
    assert found.notes == ()


def test_no_link_is_followed(tmp_path):
    secret = write(tmp_path / "else", secret_txt=b"s") / "secret.txt"
    mine = write(tmp_path / "mine", a_txt=b"1")
    (mine / "link.txt").symlink_to(secret)
    assert [name for name, _ in beside(mine, tmp_path / "none", []).files] == ["a.txt"]


def test_what_is_too_large_is_named(tmp_path):
    mine = write(tmp_path / "mine", a_bin=b"x" * (BESIDE_LIMIT_BYTES + 1), b_txt=b"1")
    found = beside(mine, tmp_path / "none", [])
    assert [name for name, _ in found.files] == ["b.txt"]
    assert found.notes == ("a.bin was not there while grading: at most 500 files of 12 MB in all are.",)


def test_a_second_notebook_is_seen(tmp_path):
    mine = write(tmp_path / "mine", unit_ipynb=b"", other_ipynb=b"", copy_ipynb=b"")
    assert other_notebooks(mine, ["unit"]) == ["copy.ipynb", "other.ipynb"]
