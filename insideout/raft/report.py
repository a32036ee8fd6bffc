"""What a learner reads about a run that broke a rule."""

from insideout.raft.broken import Broken
from insideout.raft.messages import MakeNode
from insideout.raft.runner import Result
from insideout.raft.shrink import shrink
from insideout.raft.story import tell


def explain(make: MakeNode, result: Result, last: int = 12) -> str:
    """Return the report of one failed scenario: the rule, its section, and the smallest story found."""
    scenario, broken, group = result.scenario, result.broken, result.group
    if broken is None:
        return f"{scenario.name}: passed"
    head = f"{scenario.name} ({scenario.section}): {scenario.text}"
    if group is None:
        return "\n".join([head, *_rule(broken)])
    small_group, small = shrink(make, scenario.setup, result.seed, group, broken)
    size = f"{len(small_group.actions)} of {len(group.actions)} faults and requests, seed {result.seed}"
    story = [f"    {line}" for line in tell(small_group.trace, small, last)]
    return "\n".join([head, *_rule(small), f"  How it came about ({size}):", *story])


def _rule(broken: Broken) -> list[str]:
    return [f"  Rule broken: {broken.rule.value} ({broken.section})", f"  {broken.what}"]
