"""What an installation brings: packages and megabytes, for the cluster alone and for the course.

    python -m benchmarks.install [TREE ...]

Each tree (this one when none is named) is installed without extras and with [lab] into empty virtual
environments, with the tree's own constraints; what an environment has before is not counted.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def installed(tree: Path, extra: str) -> tuple[int, float]:
    """Return how many packages `pip install TREE[extra]` brings, and their size in MB (10^6 bytes)."""
    with tempfile.TemporaryDirectory(prefix="course-install-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / "bin" / "python")
        packages, size_mb = _count(folder)
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
        constraints = ["-c", str(tree / "constraints.txt")]
        subprocess.run([*command, *constraints, f"{tree}{extra}"], check=True, stderr=subprocess.DEVNULL)
        after, after_mb = _count(folder)
        return after - packages, after_mb - size_mb


def _count(folder: str) -> tuple[int, float]:
    libraries = next((Path(folder) / "lib").glob("python*/site-packages"))
    size = sum(path.lstat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return len(list(libraries.glob("*.dist-info"))), size / 1e6


def main() -> None:
    """Print a line for each tree and extra."""
    for tree in [Path(name).resolve() for name in sys.argv[1:]] or [PROJECT]:
        extras = ["", "[lab]"] if "lab = [" in (tree / "pyproject.toml").read_text("utf-8") else [""]
        for extra in extras:
            packages, size_mb = installed(tree, extra)
            print(f"{tree.name}{extra}: {packages} packages, {size_mb:.0f} MB")


if __name__ == "__main__":
    main()
