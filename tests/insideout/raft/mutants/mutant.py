"""A wrong Raft: one replacement in the reference's text."""

from typing import Any, NamedTuple

from insideout.raft.broken import Rule


class Mutant(NamedTuple):
    """One classic bug: its name, what it is in one sentence, which stage must catch it by which rule."""

    name: str
    bug: str
    stage: str
    rule: Rule
    old: str
    new: str

    def source(self, reference: str) -> str:
        """Return the reference's text with the bug in it; the place must be there exactly once."""
        found = reference.count(self.old)
        if found != 1:
            raise ValueError(
                f"{self.name}: its text is {found} times in the reference, not once:\n{self.old}"
            )
        return reference.replace(self.old, self.new)

    def build(self, reference: str) -> dict[str, Any]:
        """Return the names that the wrong solution defines."""
        names: dict[str, Any] = {}
        exec(compile(self.source(reference), f"<{self.name}>", "exec"), names)
        return names
