"""Mutants of unit 11's solutions that nobody can tell from the solutions."""

_NEVER_EMPTY = "the API has no empty name or number there: an absent one and an empty one are the same"
_DROPPED = "an absent field and None are the same to the check, as they are to the API"
_ONE_OF_TWO = "a family is one of two words"
_TRUTH = "only its truth is used"

_PORTS = (
    "endpoint_groups: ports = tuple(((port.get('name', ''), number, port.get('protocol', 'TCP')) "
    "for port, number in found if number is not None)) -> ports = tuple(("
)
_SAME = (
    "endpoint_groups.number_of: same = each.get('protocol', 'TCP') == port.get('protocol', 'TCP') -> same = "
)
_IPS = (
    "endpoint_groups: ips = [each['ip'] for each in status.get('podIPs', []) "
    "if (':' in each['ip']) == (family == 'IPv6')] -> "
)

EQUIVALENT = {
    "endpoint_groups.number_of: target = port.get('targetPort', port['port'])"
    " -> target = port.get('targetPort') or port['port']": _NEVER_EMPTY,
    _SAME + "(each.get('protocol') or 'TCP') == port.get('protocol', 'TCP')": _NEVER_EMPTY,
    _SAME + "each.get('protocol', 'TCP') == (port.get('protocol') or 'TCP')": _NEVER_EMPTY,
    "endpoint_groups: publish = spec.get('publishNotReadyAddresses', False)"
    " -> publish = spec.get('publishNotReadyAddresses')": _TRUTH,
    _IPS
    + "ips = [each['ip'] for each in status.get('podIPs', []) if (':' in each['ip']) == (family >= 'IPv6')]": (
        _ONE_OF_TWO
    ),
    "endpoint_groups: if node: -> if True:": _DROPPED,
    "endpoint_groups: if zone: -> if True:": _DROPPED,
    _PORTS + "(port.get('name'), number, port.get('protocol', 'TCP')) for port, number in found"
    " if number is not None))": _DROPPED,
    _PORTS + "(port.get('name', ''), number, port.get('protocol') or 'TCP') for port, number in found"
    " if number is not None))": _NEVER_EMPTY,
    _PORTS
    + "(port.get('name', ''), number, port.get('protocol', 'TCP')) for port, number in found if number))": (
        _NEVER_EMPTY
    ),
}
