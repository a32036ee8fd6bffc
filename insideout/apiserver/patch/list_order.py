"""The order of a merged list: what one side names and what only the other side has, woven together.

Source: k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (normalizeElementOrder,
mergeSortedSlice)@v1.36.2.
"""

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any

Items = list[Any]
Key = Callable[[Any], str]


def identity(value: Any) -> str:
    """Return `value` as text that tells 1 from "1" and from true, as Go's comparison does."""
    if type(value) is str:
        return encode_basestring_ascii(value)  # what json.dumps comes to
    return json.dumps(value, sort_keys=True)


def in_order(merged: Items, patch_order: Items, server_order: Items, key: Key) -> Items:
    """Weave `merged`, once each: elements in `patch_order` in that order, the others in the server's."""
    wanted, had = places_of(patch_order, key), places_of(server_order, key)
    unique = {key(each): each for each in reversed(merged)}
    mine = sorted((each for each in unique if each in wanted), key=lambda each: wanted[each])
    theirs = sorted((each for each in unique if each not in wanted), key=lambda each: had.get(each, len(had)))
    woven: list[str] = []
    m = t = 0
    while m < len(mine) and t < len(theirs):
        if mine[m] in had and theirs[t] in had and had[theirs[t]] < had[mine[m]]:
            woven.append(theirs[t])
            t += 1
        else:
            woven.append(mine[m])
            m += 1
    return [unique[each] for each in (*woven, *mine[m:], *theirs[t:])]


def places_of(items: Items, key: Key) -> dict[str, int]:
    """Return where each key comes first."""
    places: dict[str, int] = {}
    for place, item in enumerate(items):
        places.setdefault(key(item), place)
    return places
