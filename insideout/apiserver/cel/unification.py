"""Whether one type may stand where another is wanted, and what type parameters come to mean.

Source: github.com/google/cel-go/checker/{types,mapping}.go.
"""

from collections.abc import Sequence

from insideout.apiserver.cel.types import DYN, Type, is_dyn_or_error

Mapping = dict[Type, Type]
_NULLABLE = ("opaque", "struct", "any", "duration", "timestamp")


def assignable(found: Mapping, one: Sequence[Type], other: Sequence[Type]) -> Mapping | None:
    """Return the meanings of type parameters with which all types agree, None when there are none."""
    trial = dict(found)
    return trial if _assignable_list(trial, one, other) else None


def substitute(found: Mapping, type_: Type, *, free_to_dyn: bool = False) -> Type:
    """Replace type parameters by what they mean; one without a meaning becomes dyn if asked for."""
    if type_ in found:
        return substitute(found, found[type_], free_to_dyn=free_to_dyn)
    if type_.kind == "param":
        return DYN if free_to_dyn else type_
    if not type_.params:
        return type_
    params = tuple(substitute(found, each, free_to_dyn=free_to_dyn) for each in type_.params)
    return Type(type_.kind, type_.name, params)


def most_general(one: Type, other: Type) -> Type:
    """Return the less specific of two types that agree."""
    return one if _less_specific(one, other) else other


def _less_specific(one: Type, other: Type) -> bool:
    if one.kind in ("dyn", "param"):
        return True
    if other.kind in ("dyn", "param"):
        return False
    if one.kind != other.kind or one.name != other.name or len(one.params) != len(other.params):
        return False
    return one.kind == "type" or all(map(_less_specific, one.params, other.params))


def _assignable_list(found: Mapping, one: Sequence[Type], other: Sequence[Type]) -> bool:
    return len(one) == len(other) and all(_assignable(found, a, b) for a, b in zip(one, other, strict=True))


def _assignable(found: Mapping, one: Type, other: Type) -> bool:
    if other.kind == "param":
        valid, known = _substitutes(found, one, other)
        if valid or known:
            return valid
    if one.kind == "param":
        return _substitutes(found, other, one)[0]
    if is_dyn_or_error(one) or is_dyn_or_error(other):
        return True
    if one.kind == "null" or other.kind == "null":
        return "null" == one.kind == other.kind or (other if one.kind == "null" else one).kind in _NULLABLE
    if one.kind == "type":
        return other.kind == "type"
    if one.kind in ("opaque", "list", "map"):
        same = one.kind == other.kind and one.name == other.name
        return same and _assignable_list(found, one.params, other.params)
    return one == other


def _substitutes(found: Mapping, one: Type, param: Type) -> tuple[bool, bool]:
    """Return whether `param` can mean `one`, and whether it had a meaning before."""
    if one == param:
        return True, True
    if param in found:
        meaning = found[param]
        if one == meaning:
            return True, True
        if _assignable(found, one, meaning):
            general = most_general(one, meaning)
            if _absent(found, param, general):
                found[param] = general
            return True, True
        return False, True
    if _absent(found, param, one):
        found[param] = one
        return True, False
    return False, False


def _absent(found: Mapping, param: Type, within: Type) -> bool:
    """Tell whether a parameter is no part of a type, which would then contain itself."""
    if param == within:
        return False
    if within.kind == "param":
        return within not in found or _absent(found, param, found[within])
    return all(_absent(found, param, each) for each in within.params)
