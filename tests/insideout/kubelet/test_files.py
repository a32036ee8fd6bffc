"""A small tree of files with limits."""

import pytest

from insideout.kubelet.files import MOST_BYTES, MOST_ENTRIES, Entry, FileError, Files


@pytest.fixture
def files() -> Files:
    made = Files("web-0")
    made.put("/tmp/a", Entry(b"one"))
    made.put("/tmp/dir", Entry())
    made.put("/tmp/dir/b", Entry(b"two"))
    return made


def test_a_new_tree_has_the_folders_of_a_container_and_its_name(files: Files) -> None:
    assert files.names("/") == ["bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"]
    assert files.read("/etc/hostname") == b"web-0\n"


def test_paths_are_from_the_root_however_they_are_written(files: Files) -> None:
    for path in ("/tmp/a", "tmp/a", "//tmp/./a", "/tmp/dir/../a", "/../tmp/a"):
        assert files.read(path) == b"one"


WRONG = {
    "a file that is not there": (lambda files: files.read("/tmp/no"), "No such file or directory"),
    "a folder read as a file": (lambda files: files.read("/tmp"), "Is a directory"),
    "a file listed as a folder": (lambda files: files.names("/tmp/a"), "Not a directory"),
    "a file in a folder that is not there": (lambda files: files.put("/no/a", Entry(b"")), "No such file"),
    "a file in a file": (lambda files: files.put("/tmp/a/b", Entry(b"")), "Not a directory"),
    "a file in the place of a folder": (lambda files: files.put("/tmp", Entry(b"")), "Is a directory"),
    "a folder in the place of a file": (lambda files: files.put("/tmp/a", Entry()), "File exists"),
    "the root removed": (lambda files: files.remove("/"), "Device or resource busy"),
    "nothing removed": (lambda files: files.remove("/tmp/no"), "No such file or directory"),
    "a walk of nothing": (lambda files: list(files.walk("/tmp/no")), "No such file or directory"),
}


@pytest.mark.parametrize(("act", "why"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_told_as_a_kernel_does(files: Files, act, why: str) -> None:
    with pytest.raises(FileError, match=why):
        act(files)


def test_a_folder_is_removed_with_all_in_it_and_nothing_else(files: Files) -> None:
    files.put("/tmp/dir2", Entry(b""))
    files.remove("/tmp/dir")
    assert files.names("/tmp") == ["a", "dir2"]


def test_a_walk_begins_with_itself_and_goes_down(files: Files) -> None:
    assert [path for path, _ in files.walk("/tmp")] == ["", "a", "dir", "dir/b"]
    assert [path for path, _ in files.walk("/tmp/a")] == [""]


def test_links_lead_on_and_those_in_a_circle_nowhere(files: Files) -> None:
    files.put("/tmp/link", Entry(link="dir"))
    files.put("/tmp/far", Entry(link="/tmp/link/b"))
    files.put("/tmp/loop", Entry(link="loop"))
    assert files.read("/tmp/link/b") == files.read("/tmp/far") == b"two"
    files.put("/tmp/link/c", Entry(b"three"))
    assert files.read("/tmp/dir/c") == b"three"
    assert files.find("/tmp/loop") is None


def test_room_is_limited_and_what_was_removed_or_replaced_is_free_again(files: Files) -> None:
    most = bytes(MOST_BYTES - 1000)
    files.put("/tmp/a", Entry(most))
    with pytest.raises(FileError, match="No space left on device"):
        files.put("/tmp/c", Entry(bytes(1000)))
    files.put("/tmp/a", Entry(most))
    files.remove("/tmp/a")
    files.put("/tmp/c", Entry(most))


def test_the_number_of_files_is_limited(files: Files) -> None:
    free = MOST_ENTRIES - len(list(files.walk("/")))
    for number in range(free):
        files.put(f"/tmp/{number}", Entry(b""))
    with pytest.raises(FileError, match="No space left on device"):
        files.put("/tmp/more", Entry(b""))
    files.put("/tmp/0", Entry(b"new"))
