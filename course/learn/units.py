"""Which unit a cell belongs to: entries of different units do not meet."""

import os
import re
import sys

NAME = re.compile(r"\d\d_[a-z0-9_]+")
MODULE = re.compile(r"course\.units\.u(\d\d_[a-z0-9_]+)$")


def current() -> str:
    """Return the unit of the notebook that runs, such as "06_qos"; "" when nothing tells.

    The server names the notebook in JPY_SESSION_NAME.  Elsewhere the notebook has imported from its unit.
    """
    session = os.environ.get("JPY_SESSION_NAME", "").replace("\\", "/").split("/")
    for part in reversed(session):
        if found := NAME.match(part.removesuffix(".ipynb")):
            return found.group()
    imported = {found.group(1) for name in list(sys.modules) if (found := MODULE.match(name))}
    return imported.pop() if len(imported) == 1 else ""
