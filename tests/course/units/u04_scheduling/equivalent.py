"""Mutants of this unit's solutions that nobody could tell from them, each with the reason."""

EQUIVALENT = {
    (
        "filters.skewed: here = counts.get(node['labels'][each['key']], 0) -> here = counts.get(nod"
        "e['labels'][each['key']], -1)"
    ): "where the node's value is no domain nobody counts and the emptiest is at least 0; one less changes no comparison with max_skew, which is 1 at least",
    "score.free: return sum(shares) // len(shares) -> return int(sum(shares) / len(shares))": "shares are whole numbers from 0 to 100; their half is exact",
    (
        "score.evenness: return int((1 - abs(cpu - memory) / 2) * 100) -> return int((2 - abs(cpu -"
        " memory) / 2) * 100)"
    ): "the score is a difference of two evennesses, which the same 100 is added to",
    (
        "score: share = 100 * disliked(node) // most if most else 0 -> share = int(100 * disliked(n"
        "ode) / most) if most else 0"
    ): "counts of taints are small; the quotient is exact enough to be cut",
    (
        "score: table[node['name']]['NodeResourcesBalancedAllocation'] = 50 + (50 + change) // 2 ->"
        " table[node['name']]['NodeResourcesBalancedAllocation'] = 50 + int((50 + change) / 2)"
    ): "an evenness is 50 at least and 100 at most, so 50 + change is never negative",
    (
        "pick_node.harm: earliest = min((start for priority, start in victims if priority == top)) "
        "-> earliest = min((start for priority, start in victims if priority >= top))"
    ): "no victim has a higher priority than the highest",
    "feasible_target: if n < 100: -> if n <= 100:": "of 100 nodes every percentage is raised to 100",
    "feasible_target: if n < 100: -> if n < 101:": "of 100 nodes every percentage is raised to 100",
    "feasible_target: if pct == 0: -> if pct <= 0:": "a percentage is never negative",
    "feasible_target: pct = max(5, 50 - n // 125) -> pct = max(5, 50 - int(n / 125))": "a quotient of small whole numbers, never negative, is cut as it is floored",
    "feasible_target: return max(100, n * pct // 100) -> return max(100, int(n * pct / 100))": "a quotient of small whole numbers, never negative, is cut as it is floored",
    (
        "score.free: shares.append(max(0, node[name] - used) * 100 // node[name]) -> shares.append("
        "int(max(0, node[name] - used) * 100 / node[name]))"
    ): "the quotient of whole numbers of 13 digits is exact enough to be cut",
}
