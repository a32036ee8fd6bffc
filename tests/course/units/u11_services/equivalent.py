"""Mutants of unit 11's solutions that nobody can tell from the solutions, each with the reason."""

EQUIVALENT = {
    (
        "endpoint_groups.number_of: target = port.get('targetPort', port['port']) -> target = por"
        "t.get('targetPort') or port['port']"
    ): "the API has no empty name or number there: an absent one and an empty one are the same",
    (
        "endpoint_groups.number_of: same = each.get('protocol', 'TCP') == port.get('protocol', 'T"
        "CP') -> same = (each.get('protocol') or 'TCP') == port.get('protocol', 'TCP')"
    ): "the API has no empty name or number there: an absent one and an empty one are the same",
    (
        "endpoint_groups.number_of: same = each.get('protocol', 'TCP') == port.get('protocol', 'T"
        "CP') -> same = each.get('protocol', 'TCP') == (port.get('protocol') or 'TCP')"
    ): "the API has no empty name or number there: an absent one and an empty one are the same",
    (
        "endpoint_groups: if node: -> if True:"
    ): "an absent field and None are the same to the check, as they are to the API",
    (
        "endpoint_groups: if zone: -> if True:"
    ): "an absent field and None are the same to the check, as they are to the API",
    (
        "endpoint_groups: ports = tuple(((port.get('name', ''), number, port.get('protocol', 'TCP"
        "')) for port, number in found if number is not None)) -> ports = tuple(((port.get('name'"
        ", ''), number, port.get('protocol') or 'TCP') for port, number in found if number is not"
        " None))"
    ): "the API has no empty name or number there: an absent one and an empty one are the same",
    (
        "endpoint_groups: ports = tuple(((port.get('name', ''), number, port.get('protocol', 'TCP"
        "')) for port, number in found if number is not None)) -> ports = tuple(((port.get('name'"
        ", ''), number, port.get('protocol', 'TCP')) for port, number in found if number))"
    ): "the API has no empty name or number there: an absent one and an empty one are the same",
    (
        "plan: kept = [endpoint for endpoint in found if endpoint is not None] -> kept = [endpoin"
        "t for endpoint in found if endpoint]"
    ): "an endpoint is never empty: it has addresses",
}
