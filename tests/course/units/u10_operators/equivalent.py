"""Mutants of unit 10's solutions that nobody could tell from them, each with the reason."""

_NEVER_EMPTY = "an object from the API server is never empty, and a time that it sets neither"
_YOURS = "reason and message are the learner's, and nothing asks for them"
_COUNTED = "reconcile: new |= {'reason': 'Counted', 'message': f\"{ready} of {spec['replicas']}\"} -> "

_ASKED = "of the condition the text asks for its type and its status"
_LATER = "the child that is seen next has other data and gets the right one: slower, and right all the same"
_NEW = "reconcile: new = {'type': 'Ready', 'status': str(ready == spec['replicas']), 'observedGeneration': generation} -> "
_MADE = "reconcile: api.create('configmaps', {'metadata': made, 'data': data}) -> api.create('configmaps', {'metadata': made"

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
    "reconcile: if find('buckets.storage.example.com', name) is not None: -> "
    "if find('buckets.storage.example.com', name):": _NEVER_EMPTY,
    "reconcile: if child is None and find('configmaps', f'{name}-{number}') is not None: -> "
    "if not child and find('configmaps', f'{name}-{number}') is not None:": _NEVER_EMPTY,
    "reconcile: if child is None: -> if not child:": _NEVER_EMPTY,
    f"{_MADE}}})": _LATER,
    f"{_MADE}, 'data_': data}})": _LATER,
    f"{_NEW}new = {{'type': 'Ready', 'status': str(ready == spec['replicas'])}}": _ASKED,
    f"{_NEW}new = {{'type': 'Ready', 'status': str(ready == spec['replicas']), 'observedGeneration_': generation}}": _ASKED,
    f"{_NEW}new = {{'type': 'Ready', 'status': str(ready >= spec['replicas']), 'observedGeneration': generation}}": (
        "ready counts some of the numbers below replicas, so it is never larger"
    ),
    f"{_COUNTED}new |= {{'message': f\"{{ready}} of {{spec['replicas']}}\"}}": _YOURS,
    f"{_COUNTED}new |= {{'reason_': 'Counted', 'message': f\"{{ready}} of {{spec['replicas']}}\"}}": _YOURS,
    f"{_COUNTED}new |= {{'reason': 'Counted', 'message_': f\"{{ready}} of {{spec['replicas']}}\"}}": _YOURS,
    f"{_COUNTED}new |= {{'reason': 'Counted_', 'message': f\"{{ready}} of {{spec['replicas']}}\"}}": _YOURS,
}
