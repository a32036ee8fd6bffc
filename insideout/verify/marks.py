"""Telling resourceVersions by their place among those of answers that a scenario saved.

"=a" is the version of the answer saved as a, ">a" newer than it and older than the next saved one, "<a" older
than all.  Of a list or a bookmark only ">=a" is told: other writers raise its version too.

Source: the recorder of the records, described in insideout/records/README.md.
"""

from typing import Any


class Marks:
    """The versions saved so far.

    >>> marks = Marks()
    >>> marks.save("a", {"metadata": {"resourceVersion": "5"}})
    >>> marks.tell("5"), marks.tell("7"), marks.tell("3"), marks.tell("7", listed=True)
    ('=a', '>a', '<a', '>=a')
    """

    def __init__(self) -> None:
        self._saved: dict[str, int] = {}

    def save(self, name: str, body: Any) -> None:
        """Remember the version of an answer, if it has one."""
        metadata = body.get("metadata") if isinstance(body, dict) else None
        version = (metadata or {}).get("resourceVersion")
        if version and version.isdigit():
            self._saved[name] = int(version)

    def tell(self, version: Any, listed: bool = False) -> Any:
        """Return the relation of a version to those saved; what is no version stays as it is."""
        if not version or not version.isdigit() or version == "0":
            return version
        number = int(version)
        ordered = sorted(self._saved.items(), key=lambda saved: (saved[1], saved[0]))
        same = [name for name, saved in ordered if saved == number]
        below = [name for name, saved in ordered if saved < number]
        if listed and (same or below):
            return f">={(same or below[-1:])[0]}"
        if same:
            return f"={same[0]}"
        if below:
            return f">{below[-1]}"
        return f"<{ordered[0][0]}" if ordered else "<rv>"
