"""What an exploration came to: how much was tried, and the story of the rule that broke, if one did."""

from dataclasses import dataclass

from insideout.explore.faults import Plan
from insideout.explore.search import Search
from insideout.explore.story import Line, lines_of, written


@dataclass(frozen=True)
class Verdict:
    """The outcome; true when nothing broke.  `str` is for people: a line, or a story."""

    search: Search
    lines: tuple[Line, ...] = ()
    """The story of what broke, a line for each thing that happened."""

    def __bool__(self) -> bool:
        return self.search.found is None

    @property
    def rule(self) -> str:
        """The name of the rule that broke, "" for none."""
        return self.search.found.rule if self.search.found is not None else ""

    @property
    def why(self) -> str:
        """What is wrong, in a sentence."""
        return self.search.found.why if self.search.found is not None else ""

    @property
    def plan(self) -> Plan:
        """The faults that it takes."""
        return self.search.found.plan if self.search.found is not None else ()

    @property
    def executions(self) -> int:
        """How many executions were tried before, without those that made the story shorter."""
        return self.search.executions

    def __str__(self) -> str:
        search = self.search
        if search.found is None:
            pairs = f"{search.pairs} of {search.all_pairs} with two" if search.all_pairs else "none with two"
            rest = search.executions - 1 - search.singles - search.pairs
            return (
                f"nothing broke in {search.executions} executions: {search.singles} with one fault, {pairs}, "
                f"{rest} by chance"
            )
        count = len(self.plan)
        faults = ("without any fault", "with one fault")[count] if count < 2 else f"with {count} faults"
        head = f"Broken: {self.rule}: {self.why}"
        found = f"Found after {search.executions} executions; it happens {faults}:"
        return "\n".join([head, found, written(self.lines)])


def verdict_of(search: Search) -> Verdict:
    """Return the verdict of a search."""
    return Verdict(search, tuple(lines_of(search.found.trace)) if search.found is not None else ())
