"""Mutants of this unit's solutions that nobody could tell from them, and why."""

_NO_EMPTY = "what is tested is a non-empty dict or None"
_NEVER_EMPTY = "the API server stores no empty value here, and None and missing are one"
_PEERS = "    peers = rule.get('from' if direction == 'Ingress' else 'to', []) -> "

EQUIVALENT = {
    "capacity: if network.version == 6 and bits > 16: -> if network.version >= 6 and bits > 16:": (
        "there are two versions, 4 and 6"
    ),
    "allowed.peer_matches: if 'ipBlock' in peer: -> if peer.get('ipBlock'):": _NO_EMPTY,
    "allowed.peer_matches: if pod is None: -> if not pod:": _NO_EMPTY,
    "allowed.port_matches: if wanted.get('protocol', 'TCP') != proto: -> "
    "if (wanted.get('protocol') or 'TCP') != proto:": _NEVER_EMPTY,
    "allowed.port_matches: return first <= port <= wanted.get('endPort', first) -> "
    "return first <= port <= (wanted.get('endPort') or first)": _NEVER_EMPTY,
    "allowed.port_matches: first = wanted.get('port', port) -> first = wanted.get('port') or port": _NEVER_EMPTY,
    "allowed.side: if pod is None: -> if not pod:": _NO_EMPTY,
    f"allowed.side: {_PEERS.strip()} peers = rule.get('from' if direction == 'Ingress' else 'to')": _NEVER_EMPTY,
    "allowed.side: ports = rule.get('ports', []) -> ports = rule.get('ports')": _NEVER_EMPTY,
}
