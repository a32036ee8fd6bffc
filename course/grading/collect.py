"""Collecting that follows no links.

nbgrader copies what a link in a submission points to, with the instructor's rights: a link to the solution
would be handed in as an answer, one to another learner's work as one's own.
"""

import os

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect


class CollectWithoutLinks(ExchangeCollect):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's collect, which leaves out a submission that holds a link."""

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy a submission, unless something in it is a link."""
        for folder, folders, files in os.walk(src):
            for name in (*folders, *files):
                path = os.path.join(folder, name)
                if os.path.islink(path):
                    self.log.error("Not collected: %s holds a link, %s", src, os.path.relpath(path, src))
                    return
        if os.path.islink(src):
            raise ExchangeError(f"{src} is a link")
        super().do_copy(src, dest, log)
