"""tar packs and unpacks what tarfile, and so any tar, understands, within limits."""

import io
import tarfile

import pytest

from insideout.kubelet import tar
from insideout.kubelet.files import MOST_BYTES, Entry, Files
from insideout.kubelet.programs import ExecResult

BINARY = bytes(range(256)) * 40


@pytest.fixture
def files() -> Files:
    made = Files("web-0")
    made.put("/tmp/dir", Entry(modified_s=5))
    made.put("/tmp/dir/b", Entry(BINARY, mode=0o640, modified_s=7))
    made.put("/tmp/dir/ln", Entry(link="b"))
    return made


def created(files: Files, *words: str) -> tuple[ExecResult, dict[str, tarfile.TarInfo], dict[str, bytes]]:
    done = tar.create(files, tar.read_arguments(words))
    data = done.stdout.encode("utf-8", "surrogateescape")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {member.name: member for member in archive}
        return done, members, {n: archive.extractfile(m).read() for n, m in members.items() if m.isfile()}


def packed(*members: tuple[str, bytes | None], **fields: object) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.type = tarfile.REGTYPE if data is not None else tarfile.DIRTYPE
            member.size = len(data or b"")
            for field, value in fields.items():
                setattr(member, field, value)
            archive.addfile(member, io.BytesIO(data or b""))
    return written.getvalue()


def extracted(files: Files, archive: bytes, *words: str, piece: int = 700) -> ExecResult:
    extraction = tar.Extraction(files, tar.read_arguments(words or ("xmf", "-", "-C", "/tmp")), 99.0)
    for begin in range(0, len(archive), piece):
        if extraction.feed(archive[begin : begin + piece]):
            break
    return extraction.finish()


def test_a_folder_is_packed_with_all_in_it(files: Files) -> None:
    done, members, data = created(files, "cf", "-", "/tmp/dir")
    assert (done.exit_code, done.stderr) == (0, "tar: removing leading '/' from member names\n")
    assert list(members) == ["tmp/dir", "tmp/dir/b", "tmp/dir/ln"]
    assert (members["tmp/dir/b"].mode, members["tmp/dir/b"].mtime) == (0o640, 7)
    assert (members["tmp/dir/ln"].linkname, data) == ("b", {"tmp/dir/b": BINARY})


def test_paths_are_taken_from_a_folder_and_told_where_that_is_asked(files: Files) -> None:
    done, members, _ = created(files, "-cvf", "-", "-C", "/tmp/dir", "b")
    assert (list(members), done.stderr) == (["b"], "b\n")


def test_of_what_is_not_there_nothing_is_packed(files: Files) -> None:
    done = tar.create(files, tar.read_arguments(["cf", "-", "no"]))
    assert done == ExecResult(1, "", "tar: no: No such file or directory\n")


def test_an_archive_is_unpacked_however_it_comes(files: Files) -> None:
    archive = packed(("new/", None), ("new/deep/x", BINARY), ("y", b""), mode=0o600, mtime=3)
    for piece in (1, 512, 700, 10**6):
        assert extracted(files, archive, piece=piece) == ExecResult(0)
        assert files.read("/tmp/new/deep/x") == BINARY
        assert files.get("/tmp/y")[2:] == (0o600, 99.0)
        files.remove("/tmp/new")


def test_times_are_kept_without_m_and_names_told_with_v(files: Files) -> None:
    done = extracted(files, packed(("y", b"1"), mtime=3), "xvf", "-", "-C", "/tmp")
    assert (done.stdout, files.get("/tmp/y").modified_s) == ("y\n", 3.0)


def test_only_what_is_named_is_unpacked(files: Files) -> None:
    assert extracted(files, packed(("a/x", b"1"), ("ab", b"2"), ("a", b"3")), "xf", "-", "a/x").exit_code == 0
    assert (files.find("/a/x") is not None, files.find("/ab")) == (True, None)


def test_long_names_and_links_survive_both_ways(files: Files) -> None:
    deep = "/".join(["d" * 60] * 4)
    assert extracted(files, packed((f"{deep}/x", b"1"))).exit_code == 0
    _, _, data = created(files, "cf", "-", "-C", "/tmp", deep.split("/")[0])
    assert list(data) == [f"{deep}/x"]


def test_an_archive_ends_at_its_two_empty_blocks(files: Files) -> None:
    """Zeros in a file are not its end; who sends on is not read."""
    archive = packed(("x", bytes(5000)))
    extraction = tar.Extraction(files, tar.read_arguments(["xf", "-", "-C", "/tmp"]), 0.0)
    assert not extraction.feed(archive[:5000])
    assert extraction.feed(archive[5000:])
    assert extraction.finish().exit_code == 0
    assert files.read("/tmp/x") == bytes(5000)


WRONG = {
    "a folder that is not there": (
        packed(),
        ("xf", "-", "-C", "/no"),
        "can't change directory to '/no': No such",
    ),
    "a file as the folder": (packed(), ("xf", "-", "-C", "/etc/hostname"), "Not a directory"),
    "a way out": (packed(("../../x", b"1")), (), "name contains '..'"),
    "a device": (packed(("x", b""), type=tarfile.CHRTYPE), (), "'x': Operation not permitted"),
    "a hard link": (
        packed(("x", b""), type=tarfile.LNKTYPE, linkname="y"),
        (),
        "'x': Operation not permitted",
    ),
    "a file in the place of a folder": (packed(("dir", b"1")), (), "'dir': Is a directory"),
    "a file that is too large": (packed(("x", bytes(MOST_BYTES + 1))), (), "'x': No space left on device"),
    "files that are too many": (packed(*((str(n), b"") for n in range(3000))), (), "No space left on device"),
    "an archive that is too large": (bytes(511) + b"x" + bytes(512 * 40_000), (), "short read"),
    "no archive": (b"hello" * 1000, (), "tar: short read"),
    "half an archive": (packed(("x", bytes(5000)))[:2000], (), "tar: short read"),
}


@pytest.mark.parametrize(("archive", "words", "why"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_unpacked_is_told(
    files: Files, archive: bytes, words: tuple[str, ...], why: str
) -> None:
    done = extracted(files, archive, *words, piece=2**16)
    assert (done.exit_code, why in done.stderr) == (1, True), done.stderr


def test_an_archive_beyond_all_bounds_is_not_kept(files: Files) -> None:
    extraction = tar.Extraction(files, tar.read_arguments(["xf", "-"]), 0.0)
    checked = tarfile.TarInfo("x")
    checked.size = 2**33 - 1
    assert not extraction.feed(checked.tobuf())
    fed = 0
    while not extraction.feed(bytes(2**20)):
        fed += 1
        assert fed < 100, "it takes in what nobody can keep"
    assert extraction.finish() == ExecResult(1, stderr="tar: write error: No space left on device\n")


def test_a_sparse_file_that_claims_more_than_there_is_room_for_is_not_made(files: Files) -> None:
    """A few bytes could stand for gigabytes of zeros."""
    member = tarfile.TarInfo("x")
    headers = {"GNU.sparse.size": str(2**40), "GNU.sparse.map": "0,0"}
    member.pax_headers = {**headers, "GNU.sparse.numblocks": "1"}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(member)
    done = extracted(files, written.getvalue())
    assert "No space left on device" in done.stderr


USAGE = {
    "neither": (("f", "-"), "You must specify one of the '-c' or '-x' options"),
    "both": (("cxf", "-", "a"), "You must specify one of"),
    "an archive in a file": (("xf", "a.tar"), "a.tar: Cannot open"),
    "compressed": (("xzf", "-"), "invalid option -- 'z'"),
    "no folder": (("xf", "-", "-C"), "option requires an argument -- 'C'"),
    "nothing": (("cf", "-"), "Cowardly refusing to create an empty archive"),
}


@pytest.mark.parametrize(("words", "why"), USAGE.values(), ids=USAGE)
def test_a_call_that_makes_no_sense_is_told(words: tuple[str, ...], why: str) -> None:
    with pytest.raises(tar.UsageError, match=why):
        tar.read_arguments(words)


def test_what_kubectl_asks_for_is_understood() -> None:
    words = ["--no-same-permissions", "--no-same-owner", "-xmf", "-", "-C", "/tmp"]
    assert tar.read_arguments(words) == tar.Wanted(False, "/tmp", (), False, False)
