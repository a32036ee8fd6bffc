"""Mutants of unit 10's solutions that nobody could tell from them, each with the reason."""

EQUIVALENT = {
    "set_condition: if found is None: -> if not found:": "a condition has a type, so it is never empty",
    "set_condition: found[field] = new.get(field, '') -> found[field] = new.get(field)": (
        "None becomes null on the way to the server, which drops it: the field is empty, as asked"
    ),
}
