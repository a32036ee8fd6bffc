"""Mutants of unit 15's solutions that no call can tell from them, with the reason."""

EQUIVALENT = {
    "prom_rate: inside = [(at, v) for at, v in samples if (start < at or (left_closed and at == start)) and at <= t] -> inside = [(at, v) for at, v in samples if (start < at or (left_closed and at >= start)) and at <= t]": (
        "what is later than start counts anyway"
    ),
    "hpa_replicas: if close(again) or ratio < 1 < again or again < 1 < ratio: -> if close(again) or ratio < 1 <= again or again < 1 < ratio:": (
        "a ratio of 1 is within any tolerance"
    ),
    "hpa_replicas: if close(again) or ratio < 1 < again or again < 1 < ratio: -> if close(again) or ratio < 1 < again or again <= 1 < ratio:": (
        "a ratio of 1 is within any tolerance"
    ),
    "hpa_replicas: if close(again) or ratio < 1 < again or again < 1 < ratio: -> if close(again) or ratio < 1 < again or again < 1 <= ratio:": (
        "with a ratio of 1 nothing is assumed, so the second ratio is 1, too"
    ),
    "hpa_replicas: if close(again) or ratio < 1 < again or again < 1 < ratio: -> if close(again) or ratio <= 1 < again or again < 1 < ratio:": (
        "with a ratio of 1 nothing is assumed, so the second ratio is 1, too"
    ),
    "hpa_replicas: if again < 1 and replicas > current or (again > 1 and replicas < current): -> if again <= 1 and replicas > current or (again > 1 and replicas < current):": (
        "a second ratio of 1 has kept the current size before"
    ),
    "hpa_replicas: if again < 1 and replicas > current or (again > 1 and replicas < current): -> if again < 1 and replicas > current or (again >= 1 and replicas < current):": (
        "a second ratio of 1 has kept the current size before"
    ),
    "hpa_replicas: if again < 1 and replicas > current or (again > 1 and replicas < current): -> if again < 1 and replicas >= current or (again > 1 and replicas < current):": (
        "where the two are equal it does not matter which is returned"
    ),
    "hpa_replicas: if again < 1 and replicas > current or (again > 1 and replicas < current): -> if again < 1 and replicas > current or (again > 1 and replicas <= current):": (
        "where the two are equal it does not matter which is returned"
    ),
    "hpa_replicas.ratio_of: if not requested: -> if False:": (
        "dividing by nothing raises, too, and the check takes any exception"
    ),
    "hpa_replicas.ratio_of: raise ValueError('no requests') -> pass": (
        "dividing by nothing raises, too, and the check takes any exception"
    ),
    "hpa_replicas.ratio_of: raise ValueError('no requests') -> raise ArithmeticError": (
        "the check takes any exception: solutions written by the facts alone choose their own"
    ),
    "hpa_replicas.ratio_of: return sum((usage for _, usage in counted)) * 100 // requested / target -> return int(sum((usage for _, usage in counted)) * 100 / requested) / target": (
        "no pod uses so much that a float rounds it up to a whole percent"
    ),
    "hpa_replicas: if any((request is None for request, _, _ in pods)): -> if False:": (
        "adding None raises, too, and the check takes any exception"
    ),
    "hpa_replicas: raise ValueError('a pod has no request') -> pass": (
        "adding None raises, too, and the check takes any exception"
    ),
    "hpa_replicas: raise ValueError('a pod has no request') -> raise ArithmeticError": (
        "the check takes any exception: solutions written by the facts alone choose their own"
    ),
    "hpa_replicas: if any((request is None for request, _, _ in pods)): -> if all((request is None for request, _, _ in pods)):": (
        "adding None raises, too, and the check takes any exception"
    ),
    "hpa_replicas: if not counted: -> if False:": ("an empty sum of requests raises in the ratio"),
    "hpa_replicas: raise ValueError('no usable metric') -> pass": (
        "an empty sum of requests raises in the ratio"
    ),
    "hpa_replicas: raise ValueError('no usable metric') -> raise ArithmeticError": (
        "the check takes any exception: solutions written by the facts alone choose their own"
    ),
    "hpa_replicas: unready = [request for request, usage, ready in pods if usage is not None and (not ready)] -> unready = [request for request, usage, ready in pods if not ready]": (
        "in this exercise a pod without a metric is ready"
    ),
    "hpa_replicas: grows_past_unready = bool(unready) and ratio > 1 -> grows_past_unready = unready and ratio > 1": (
        "only its truth is asked for"
    ),
    "hpa_replicas: counted += [(request, request * max(100, target) // 100) for request in missing] -> counted += [(request, int(request * max(100, target) / 100)) for request in missing]": (
        "no request is so large that a float loses a thousandth of a core"
    ),
    "alert_states: def alert_states(there, interval, hold, keep=0): -> def alert_states(there, interval, hold, keep=-1):": (
        "less than no time is no time"
    ),
    "alert_states: missed = now if missed is None else missed -> missed = now if not missed else missed": (
        "a firing alert cannot miss its result at second 0"
    ),
}
