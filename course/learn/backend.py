"""A unit of which nothing runs on the backend that the environment names has embedded clusters, and says why.

Otherwise it would fail in the middle, at the first node that it adds.  The unit is known by its folder, in
which Jupyter starts the kernel.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from course.lessons_need import NEEDS, NO
from insideout.backends import choice


def heed(folder: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Look at the table of what runs where, for the unit whose notebook lies in `folder`."""
    named = environment.get(choice.VARIABLE, "embedded")
    needs = NEEDS.get(folder.name)
    if needs is None or named not in choice.BACKENDS:
        return
    on = needs.on(named)
    choice.keep_embedded(on.why if on.runs == NO else "")
