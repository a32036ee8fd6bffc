"""Imports put off: a package whose `__init__` imports hundreds of classes gets each when it is asked for.

The official client imports its 768 models and 66 APIs at once, of which a lesson uses a dozen; in a browser
that is two seconds.  Only lines of the form `from module import Name` are put off; all others stay.
"""

import ast

_ASKED = '''

def __getattr__(name):
    """Import what is asked for by its name."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found


def __dir__():
    """Name also what was not asked for yet."""
    return sorted({*globals(), *_PLACES})
'''


def lazily(text: str) -> str:
    """Return the text of a package's `__init__` with its imports of names put off."""
    kept, places = [], {}
    for statement in ast.parse(text).body:
        if _is_put_off(statement):
            assert isinstance(statement, ast.ImportFrom)
            places.update({alias.name: statement.module for alias in statement.names})
        else:
            kept.append(ast.unparse(statement))
    return "\n".join([*kept, "", f"_PLACES = {places!r}"]) + _ASKED


def _is_put_off(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.ImportFrom) or statement.level or statement.module == "__future__":
        return False
    return all(alias.asname is None and alias.name != "*" for alias in statement.names)
