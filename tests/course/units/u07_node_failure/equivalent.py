"""Mutants of this unit's solutions that nobody could tell from them, and why."""

EQUIVALENT = {
    "evict_after: if used is None: -> if not used:": "an empty toleration is refused: without a key it needs Exists",
}
