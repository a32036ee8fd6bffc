"""Deep copies of API objects, which are JSON: dicts, lists, strings, numbers, booleans and None.

copy.deepcopy must expect anything, cycles included, and takes ten times as long.
"""

from typing import Any


def copied(value: Any) -> Any:
    """Return a copy of a JSON value that shares no dict or list with it."""
    if type(value) is dict:
        return {key: copied(each) if type(each) in _BRANCHES else each for key, each in value.items()}
    if type(value) is list:
        return [copied(each) if type(each) in _BRANCHES else each for each in value]
    return value


def sharing(new: Any, old: Any) -> Any:
    """Return `new` with every part that equals the same part of `old` replaced by it.

    Neither may be changed afterwards.  Versions of one object then cost only what differs, and what is the
    same in both is one object, so that comparing them is quick.
    """
    if new == old and type(new) is type(old):
        return old
    if type(new) is dict and type(old) is dict:
        for key, value in new.items():
            if type(value) in _BRANCHES and key in old:
                new[key] = sharing(value, old[key])
    elif type(new) is list and type(old) is list:
        for index, (value, before) in enumerate(zip(new, old, strict=False)):
            if type(value) in _BRANCHES:
                new[index] = sharing(value, before)
    return new


_BRANCHES = (dict, list)
