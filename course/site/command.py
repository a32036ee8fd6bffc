"""The command `course site`: build the static site, or serve what was built on 127.0.0.1."""

import argparse
from pathlib import Path

from course.project import PROJECT
from insideout.usage import UsageError


def add_site_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course site`."""
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 06_qos; all of them by default")
    parser.add_argument("--into", type=Path, default=PROJECT / "build" / "site", metavar="FOLDER")
    parser.add_argument("--cache", type=Path, default=PROJECT / "build" / "cache", metavar="FOLDER",
                        help="where what was fetched and compiled is kept")  # fmt: skip
    parser.add_argument("--serve", action="store_true", help="serve what was built, until interrupted")
    parser.add_argument("--port", type=int, default=8000, help="of --serve; 8000 by default")


def site(options: argparse.Namespace) -> int:
    """Build the site, or serve it.

    Raises UsageError when something is missing that it is built from, or the port is taken.
    """
    if options.serve:
        return _serve(options.into, options.port)
    from course.site.build import build

    built = build(PROJECT, options.into.resolve(), options.cache.resolve(), options.units)
    units = "1 unit" if len(built.units) == 1 else f"{len(built.units)} units"
    print(f"{built.folder}: {units}, {built.size_bytes / 1e6:.0f} MB; course site --serve shows it")
    return 0


def _serve(folder: Path, port: int) -> int:
    from course.site.serve import server

    if not (folder / "index.html").is_file():
        raise UsageError(f"{folder} holds no site; make site builds it")
    try:
        serving = server(folder, port)
    except OSError as problem:
        raise UsageError(f"port {port} cannot be used ({problem.strerror}); --port takes another") from None
    with serving:
        print(f"http://{serving.server_address[0]!s}:{serving.server_port}/ (Ctrl-C ends it)")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
