"""Splits requests by weights, as the proxy behind an HTTPRoute does.

Left out: chance.  A proxy draws for each request, so its shares are exact only on average; this one gives
each backend exactly its weight in every round of Σw requests, spread over the round (nginx's smooth weighted
round-robin).

Source: sigs.k8s.io/gateway-api HTTPBackendRef.weight: "the proportion of requests", default 1, 0 is none.
"""

from collections.abc import Callable, Mapping


def split(weights: Mapping[str, int]) -> Callable[[], str]:
    """Return a function whose successive answers are the URLs of the Services in `weights`.

    Raises ValueError when no weight is above 0: nobody could be asked.
    """
    total = sum(weights.values())
    if total <= 0:
        raise ValueError(f"no weight of {dict(weights)} is above 0; give at least one Service a share")
    credit = dict.fromkeys(sorted(weights), 0)

    def next_url() -> str:
        for name in credit:
            credit[name] += weights[name]
        chosen = max(credit, key=lambda name: credit[name])
        credit[chosen] -= total
        return f"http://{chosen}/"

    return next_url
