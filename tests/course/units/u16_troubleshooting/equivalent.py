"""Mutants of unit 16's solutions that nobody can tell from the solutions, each with the reason."""

EQUIVALENT = {
    (
        "diagnose: if 'pods' in hard and int(used['pods']) >= int(hard['pods']): -> if hard.get('pods') and "
        "int(used['pods']) >= int(hard['pods']):"
    ): "a quota's numbers are texts, never empty",
    (
        "diagnose: return ('taint', path('nodes', nodes[0]), 'spec.taints') -> return ('taint', path('nodes', "
        "nodes[-1]), 'spec.taints')"
    ): "the exercise says that there is one such node, so the first is the last",
    (
        "diagnose: pod = next((pod for pod in inside(snapshot, 'pods', namespace) if pod['metadata']['name'] "
        "== name)) -> pod = next((pod for pod in inside(snapshot, 'pods', namespace) if pod['metadata']['name']"
        " >= name))"
    ): "a list is in the order of names, so the first that is not before it is it",
    (
        "diagnose: field = 'minAvailable' if 'minAvailable' in budget['spec'] else 'maxUnavailable' -> field = "
        "'minAvailable' if budget['spec'].get('minAvailable') else 'maxUnavailable'"
    ): "a budget with minAvailable 0 refuses nothing",
    (
        "diagnose: if any((condition(node, 'Ready') == ('False', 'KubeletNotReady') for node in "
        "snapshot['nodes'])): -> if any((condition(node, 'Ready') <= ('False', 'KubeletNotReady') for node in "
        "snapshot['nodes'])):"
    ): "no status of a condition comes before False, and no reason of Ready=False before this one",
    (
        "diagnose: ports = [port for rule in rules for port in rule.get('ports', [{'port': 53}])] -> ports = "
        "[port for rule in rules for port in rule.get('ports') or [{'port': 53}]]"
    ): "an empty list vanishes on the wire",
}
