"""Mutants of unit 05's solutions that no call can tell from them, with the reason."""

EQUIVALENT = {
    "ns_owner: raise ValueError('hostPID and shareProcessNamespace cannot both be set') -> raise ArithmeticError": (
        "the check takes any exception about this pair: solutions written by the facts alone choose their own"
    ),
    "ns_owner: if field and spec.get(field): -> if spec.get(field):": "no spec has a field None",
    "reaper: return {'host': 'host-init', 'pod': 'pause'}.get(ns_owner(spec, 'any', 'pid'), 'container') -> "
    "return {'host': 'host-init', 'pod': 'pause'}.get(ns_owner(spec, 'any', 'pid')) or 'container'": (
        "neither value of the dict is false"
    ),
    "reaper: return {'host': 'host-init', 'pod': 'pause'}.get(ns_owner(spec, 'any', 'pid'), 'container') -> "
    "return {'host': 'host-init', 'pod': 'pause'}.get(ns_owner(spec, 'any_', 'pid'), 'container')": (
        "the name of the container is not looked at"
    ),
    "effective: return dict(total + numbers(spec.get('overhead', {}))) -> "
    "return total + numbers(spec.get('overhead', {}))": "a Counter is taken for the dict that it is",
    "next_starts: if i == len(kinds) - 1: -> if i >= len(kinds) - 1:": "the loop begins at the last",
}
