"""Mutants that nobody can tell from the solution, each with its reason."""

EQUIVALENT = {
    "violations: wait = grace if one[0] in ('too few', 'not ready') else 0 -> "
    "wait = grace if one[0] in ('too few', 'not ready') else -1": (
        "what is broken has been so for 0 seconds or more, so a wait of -1 is a wait of 0"
    ),
}
