"""Match conditions, by which webhooks and policies narrow down the requests that they are asked about.

Source: pkg/apis/admissionregistration/validation/validation.go:validateMatchConditions@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.cel.reading import ParserMissingError
from insideout.apiserver.cel.types import BOOL, Type
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.policies.conditions import Compiler, ExpressionError
from insideout.apiserver.warning import warn

Object = dict[str, Any]
_MOST_CONDITIONS = 64


def conditions(given: Sequence[Object], path: str, compiler: Compiler) -> Causes:
    """Return what is wrong with match conditions, of a policy or of a webhook."""
    causes: Causes = []
    if len(given) > _MOST_CONDITIONS:
        causes.append(field.too_many(path, len(given), _MOST_CONDITIONS))
    seen: set[str] = set()
    for index, each in enumerate(given):
        at, name = f"{path}[{index}]", each.get("name") or ""
        text = (each.get("expression") or "").strip()
        if not text:
            causes.append(field.required(f"{at}.expression"))
        else:
            causes += compile_causes(compiler, text, f"{at}.expression", BOOL)
        causes += field.each(f"{at}.name", name, names.label_key(name)) if name else []
        if not name:
            causes.append(field.required(f"{at}.name"))
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        seen.update({name} - {""})
    return causes


def compile_causes(
    compiler: Compiler,
    text: str,
    path: str,
    *returns: Type,
    authorizer: bool = True,
    patches: bool = False,
    shown: str = "",
) -> Causes:
    """Return what is wrong with one expression, which must give one of some types."""
    try:
        compiler.compile(text, *returns, authorizer=authorizer, patches=patches)
    except ExpressionError as problem:
        return [field.invalid(path, shown or text, str(problem))]
    except ParserMissingError as problem:
        warn(str(problem))
    return []
