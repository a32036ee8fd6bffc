"""Commands on a container's files: cat, ls, mkdir, rm, test.

Source: the messages are BusyBox's.
"""

from collections.abc import Callable, Sequence

from insideout.kubelet.files import Entry, FileError, Files
from insideout.kubelet.programs import ExecResult

Command = Callable[[Files, Sequence[str], float], ExecResult]


def run(files: Files, words: Sequence[str], now_s: float) -> ExecResult | None:
    """Run a command on files; None when it is none of those that are known here."""
    command = _COMMANDS.get(words[0])
    return command(files, words[1:], now_s) if command is not None else None


def _cat(files: Files, paths: Sequence[str], now_s: float) -> ExecResult:
    def shown(path: str) -> str:
        return files.read(path).decode("utf-8", "surrogateescape")

    return _each("cat", paths, shown)


def _ls(files: Files, words: Sequence[str], now_s: float) -> ExecResult:
    paths = [word for word in words if not word.startswith("-")] or ["/"]

    def shown(path: str) -> str:
        names = files.names(path) if files.get(path).is_folder else [path]
        head = f"{path}:\n" if len(paths) > 1 and files.get(path).is_folder else ""
        return head + "".join(f"{name}\n" for name in names)

    return _each("ls", paths, shown)


def _mkdir(files: Files, words: Sequence[str], now_s: float) -> ExecResult:
    parents = "-p" in words

    def make(path: str) -> str:
        if parents:
            files.put_folders(path, now_s)
        elif files.find(path) is not None:
            raise FileError("File exists")
        else:
            files.put(path, Entry(modified_s=now_s))
        return ""

    paths = [word for word in words if word != "-p"]
    return _each("mkdir", paths, make, before="can't create directory ")


def _rm(files: Files, words: Sequence[str], now_s: float) -> ExecResult:
    flags = "".join(word[1:] for word in words if word.startswith("-"))

    def remove(path: str) -> str:
        found = files.find(path)
        if found is None and "f" in flags:
            return ""
        if found is not None and found.is_folder and "r" not in flags.lower():
            raise FileError("Is a directory")
        files.remove(path)
        return ""

    paths = [word for word in words if not word.startswith("-")]
    return _each("rm", paths, remove, before="can't remove ")


def _test(files: Files, words: Sequence[str], now_s: float) -> ExecResult:
    match [word for word in words if word != "]"]:
        case ["-e", path]:
            return ExecResult(int(files.find(path) is None))
        case ["-d", path]:
            found = files.find(path)
            return ExecResult(int(found is None or not found.is_folder))
        case ["-f", path]:
            found = files.find(path)
            return ExecResult(int(found is None or found.data is None))
        case ["-n", text] | [text]:
            return ExecResult(int(not text))
        case ["-z", text]:
            return ExecResult(int(bool(text)))
        case [left, "=", right]:
            return ExecResult(int(left != right))
        case []:
            return ExecResult(1)
    return ExecResult(2, stderr=f"sh: {words[0]}: unknown operand\n")


def _each(name: str, paths: Sequence[str], of: Callable[[str], str], *, before: str = "") -> ExecResult:
    """Do something for each path; one that fails does not stop the others."""
    code, out, errors = 0, [], []
    for path in paths:
        try:
            out.append(of(path))
        except FileError as problem:
            quoted = f"'{path}'" if before else path
            errors.append(f"{name}: {before}{quoted}: {problem}\n")
            code = 1
    return ExecResult(code, "".join(out), "".join(errors))


_COMMANDS: dict[str, Command] = {
    "cat": _cat,
    "ls": _ls,
    "mkdir": _mkdir,
    "rm": _rm,
    "test": _test,
    "[": _test,
}
