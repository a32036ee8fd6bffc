"""Mutants of unit 06's solutions that no call can tell from them, with the reason."""

EQUIVALENT = {
    "qos.positive: values = {name: parse_quantity(amounts[name]) for name in ('cpu', 'memory') if name in amounts} -> values = {name: float(parse_quantity(amounts[name])) for name in ('cpu', 'memory') if name in amounts}": (
        "amounts that are equal are equal as floats, and nobody writes two that only the last digits of a float tell apart"
    ),
    "qos.together: asked = [parse_quantity(requests_of(c.get('resources', {}))[name]) for c in spec['containers'] if name in requests_of(c.get('resources', {}))] -> asked = [parse_quantity(requests_of(c.get('resources'))[name]) for c in spec['containers'] if name in requests_of(c.get('resources', {}))]": (
        "the condition lets only containers with resources through"
    ),
    "qos.together: running, beside, at_most, found = (sum(asked), 0, 0, bool(asked)) -> running, beside, at_most, found = (sum(asked), 0, -1, bool(asked))": (
        "an init container's moment is never less than nothing"
    ),
    "qos.together: running, beside, at_most, found = (sum(asked), 0, 0, bool(asked)) -> running, beside, at_most, found = (sum(asked), 0, 0, asked)": (
        "a list that holds something is as true as True"
    ),
    "qos.together: amount = parse_quantity(requests[name]) if name in requests else 0 -> amount = parse_quantity(requests[name]) if name in requests else -1": (
        "an amount below nothing never makes a moment larger"
    ),
    "qos.together: at_most = max(at_most, beside) -> pass": (
        "what sidecars hold together is never more than they hold with the main containers"
    ),
    "qos.together: at_most = max(at_most, beside) -> at_most = min(at_most, beside)": (
        "what sidecars hold together is never more than they hold with the main containers"
    ),
    "qos.of_the_pod: if of_containers is not None or name in limits: -> if name in limits:": (
        "where the pod has a limit for the other resource only, it is Burstable whatever is requested of this one"
    ),
    "qos.of_the_pod: if of_containers is not None or name in limits: -> if of_containers or name in limits:": (
        "where the pod has a limit for the other resource only, it is Burstable whatever is requested of this one"
    ),
    "qos: all_limited = all((len(positive(limited)) == 2 for _, limited in pairs)) -> all_limited = all((len(positive(limited)) >= 2 for _, limited in pairs))": (
        "there are only two names, so no more than two can be positive"
    ),
    "oom_adj.memory: return int(parse_quantity(resources.get('requests', {}).get('memory', 0))) -> return int(float(parse_quantity(resources.get('requests', {}).get('memory', 0))))": (
        "bytes of memory are whole numbers that a float holds exactly"
    ),
    "oom_adj.is_sidecar: return container in inits and container.get('restartPolicy') == 'Always' -> return container.get('restartPolicy') == 'Always'": (
        "the smallest main request is never above a main container's own"
    ),
    "oom_adj: critical = spec.get('priority', 0) >= 2000000000 -> critical = spec.get('priority', 0) > 2000000000": (
        "admission gives the class system-node-critical the priority 2000001000, and no other class"
    ),
    "oom_adj: critical = spec.get('priority', 0) >= 2000000000 -> critical = spec.get('priority', 1) >= 2000000000": (
        "admission gives the class system-node-critical the priority 2000001000, and no other class"
    ),
    "oom_adj: critical = spec.get('priority', 0) >= 2000000000 -> critical = spec.get('priority', -1) >= 2000000000": (
        "admission gives the class system-node-critical the priority 2000001000, and no other class"
    ),
    "oom_adj: critical = spec.get('priority', 0) >= 2000000000 -> critical = spec.get('priority', 0) >= 2000000001": (
        "admission gives the class system-node-critical the priority 2000001000, and no other class"
    ),
    "oom_adj: critical = spec.get('priority', 0) >= 2000000000 -> critical = spec.get('priority', 0) >= 1999999999": (
        "admission gives the class system-node-critical the priority 2000001000, and no other class"
    ),
    "oom_adj: if critical and spec.get('priorityClassName') == 'system-node-critical': -> if spec.get('priorityClassName') == 'system-node-critical':": (
        "admission gives the class system-node-critical the priority 2000001000, and no other class"
    ),
    "oom_adj: share = (of_pod - together) // len(mains + inits) if of_pod else 0 -> share = int((of_pod - together) / len(mains + inits)) if of_pod else 0": (
        "a pod requests at least what its containers do, and a float holds bytes exactly"
    ),
    "oom_adj: return min(max(1000 - 1000 * (mine + share) // capacity, 3), 999) -> return min(max(1000 - int(1000 * (mine + share) / capacity), 3), 999)": (
        "a float holds a thousand times a node's memory exactly"
    ),
    "evict_order.key: return (0, pod['priority'], 0) -> return (0, pod['priority'])": (
        "pods without statistics come first and differ in priority only"
    ),
    "evict_order.key: return (0, pod['priority'], 0) -> return (0, 0, pod['priority'])": (
        "pods without statistics come first and differ in priority only"
    ),
    "evict_order.key: return (0, pod['priority'], 0) -> return (-1, pod['priority'], 0)": (
        "pods without statistics come first and differ in priority only"
    ),
    "evict_order.key: return (0, pod['priority'], 0) -> return (0, pod['priority'], 1)": (
        "pods without statistics come first and differ in priority only"
    ),
    "evict_order.key: return (0, pod['priority'], 0) -> return (0, pod['priority'], -1)": (
        "pods without statistics come first and differ in priority only"
    ),
    "evict_order.key: return (1 if excess > 0 else 2, pod['priority'], -excess) -> return (1 if excess > 0 else 3, pod['priority'], -excess)": (
        "only the order of the three ranks counts"
    ),
}
