"""Mutants of unit 10's solutions that nobody could tell from them, each with the reason."""

_NEVER_EMPTY = "an object from the API server is never empty, and a time that it sets neither"
_YOURS = "reason and message are the learner's, and nothing asks for them"
_COUNTED = "reconcile: new |= {'reason': 'Counted', 'message': f\"{ready} of {spec['replicas']}\"} -> "

EQUIVALENT = {
    "set_condition: if found is None: -> if not found:": "a condition has a type, so it is never empty",
    "set_condition: conds.append({**new, 'lastTransitionTime': new.get('lastTransitionTime') or now}) -> "
    "conds.append({'lastTransitionTime': new.get('lastTransitionTime') or now, **new})": (
        "a new condition has a time or none; that its time could be empty is nowhere said"
    ),
    "reconcile: if cache is None: -> if not cache:": _NEVER_EMPTY,
    "reconcile: if 'deletionTimestamp' in metadata: -> if metadata.get('deletionTimestamp'):": _NEVER_EMPTY,
    "reconcile: if find('buckets.storage.example.com', name) is None: -> "
    "if not find('buckets.storage.example.com', name):": _NEVER_EMPTY,
    "reconcile: if child is None and find('configmaps', f'{name}-{number}') is not None: -> "
    "if child is None and find('configmaps', f'{name}-{number}'):": _NEVER_EMPTY,
    f"{_COUNTED}pass": _YOURS,
    f"{_COUNTED}new |= {{'reason': 'Counted'}}": _YOURS,
    f"{_COUNTED}new |= {{'reason': 'Counted', 'message': f\"{{ready}} of _{{spec['replicas']}}\"}}": _YOURS,
}
