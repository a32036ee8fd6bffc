"""Mutants of unit 10's solutions that nobody could tell from them, each with the reason."""

EQUIVALENT = {
    "set_condition: if found is None: -> if not found:": "a condition has a type, so it is never empty",
    "set_condition: found[field] = new.get(field, '') -> found[field] = new.get(field)": (
        "None becomes null on the way to the server, which drops it: the field is empty, as asked"
    ),
    "set_condition: conds.append({**new, 'lastTransitionTime': new.get('lastTransitionTime') or now}) -> "
    "conds.append({'lastTransitionTime': new.get('lastTransitionTime') or now, **new})": (
        "a new condition has a time or none; that its time could be empty is nowhere said"
    ),
}
