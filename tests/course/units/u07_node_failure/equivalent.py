"""Mutants of this unit's solutions that nobody could tell from them, and why."""

_EFFECTS = "'NoExecute' comes before the other two effects, so not equal is greater"

EQUIVALENT = {
    "evict_after.matches: if toleration.get('effect') and toleration['effect'] != taint['effect']: -> "
    "if toleration.get('effect') and toleration['effect'] > taint['effect']:": _EFFECTS,
    "evict_after: if each['effect'] != 'NoExecute': -> if each['effect'] > 'NoExecute':": _EFFECTS,
    "evict_after: if used is None: -> if not used:": "an empty toleration is refused: without a key it needs Exists",
}
