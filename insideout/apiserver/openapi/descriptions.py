"""What each field means, in the words of the API: the docstrings of the official client's model classes.

The modules are read as text, like their schemas (`insideout.apiserver.objects.schema`), and only when
somebody asks. The client puts paragraphs on one line; a field whose type is another model has no text
of its own.
"""

import ast
import importlib.util
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_GETTER = re.compile(
    r'    @property\n    def (\w+)\(self\):\n        """Gets the [^\n]*\n\n'
    r"        ([^\n]*?)  # noqa: E501\n\n        :return:"
)
_NAMES = re.compile(r"    attribute_map = (\{.*?\n    \})", re.DOTALL)
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def descriptions(model: str) -> Mapping[str, str]:
    """Return the descriptions of a model class's fields by JSON name, of those that have one."""
    path = _models() / f"{_WORD_START.sub('_', model).lower()}.py"
    text = path.read_text(encoding="utf-8")
    table = _NAMES.search(text)
    names = ast.literal_eval(table[1]) if table else {}
    found = {}
    for attribute, quoted in _GETTER.findall(text):
        found[names[attribute]] = ast.literal_eval(f'"""{quoted} """').strip()
    return found


@cache
def _models() -> Path:
    spec = importlib.util.find_spec("kubernetes")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the official client is not installed: pip install kubernetes==36.0.3")
    return Path(spec.submodule_search_locations[0]) / "client" / "models"
