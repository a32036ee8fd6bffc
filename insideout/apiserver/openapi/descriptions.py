"""What types and fields mean, in the words of the API: the docstrings of two clients' model classes.

The official client has the text of each field, except of those whose type is another model.  For these, and
for what a type itself means, lightkube's models are asked.  Both are read as text, like the schemas
(`insideout.apiserver.objects.schema`), and only when somebody asks; both join the lines of a paragraph.
"""

import ast
import importlib.util
import keyword
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

_GETTER = re.compile(
    r'    @property\n    def (\w+)\(self\):\n        """Gets the [^\n]*\n\n'
    r"        ([^\n]*?)  # noqa: E501\n\n        :return:"
)
_NAMES = re.compile(r"    attribute_map = (\{.*?\n    \})", re.DOTALL)
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MODEL = re.compile(r"([A-Z][a-z]+)?(V\d+)(\w+)")
_CLASS = re.compile(r'^class (\w+)\(DictMixin\):\n    r"""(.*?)"""', re.DOTALL | re.MULTILINE)
_PARAMETER = re.compile(r"^ *\* \*\*(\w+)\*\* ``[^`]*``(?: - )?", re.MULTILINE)


class Texts(NamedTuple):
    """What a type means, and each of its fields by the name that Python has for it."""

    type: str
    fields: Mapping[str, str]


@cache
def descriptions(model: str) -> Mapping[str, str]:
    """Return the descriptions of a model class's fields by JSON name, of those that have one."""
    text = (_folder("kubernetes", "client") / f"{_WORD_START.sub('_', model).lower()}.py").read_text("utf-8")
    table = _NAMES.search(text)
    names = ast.literal_eval(table[1]) if table else {}
    said = _texts(model).fields
    found = {name: said[_attribute(name)] for name in names.values() if said.get(_attribute(name))}
    for attribute, quoted in _GETTER.findall(text):
        found[names[attribute]] = ast.literal_eval(f'"""{quoted} """').strip()
    return found


def description(model: str) -> str:
    """Return what a model class itself means, "" when that is said nowhere."""
    return _texts(model).type


def _texts(model: str) -> Texts:
    """Return lightkube's texts of a class that the official client calls `model`, such as V1PodSpec."""
    match = _MODEL.fullmatch(model)
    if match is None:
        return Texts("", {})
    group, version, name = (match[1] or "").lower(), match[2].lower(), match[3]
    return _index(version).get((group, name), Texts("", {}))


@cache
def _index(version: str) -> Mapping[tuple[str, str], Texts]:
    """Return the classes of a version's modules by group and name, and by name alone as the group ""."""
    found: dict[tuple[str, str], Texts] = {}
    for path in sorted(_folder("lightkube").glob(f"*_{version}.py")):
        group = path.stem.removesuffix(f"_{version}")
        for name, text in _CLASS.findall(path.read_text("utf-8")):
            texts = _split(text)
            found[group, name] = texts
            found.setdefault(("", name), texts)
    return found


def _split(docstring: str) -> Texts:
    head, _, tail = docstring.partition("**parameters**")
    parts = _PARAMETER.split(tail)
    fields = {name: _one_line(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    return Texts(_one_line(head), fields)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _attribute(name: str) -> str:
    """Return what lightkube calls a field: from_, d_ref, x_kubernetes_map_type."""
    plain = name.replace("$", "d_").replace("-", "_")
    return f"{plain}_" if keyword.iskeyword(plain) else plain


@cache
def _folder(package: str, *inside: str) -> Path:
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    found = next((path for each in places if (path := Path(each, *inside, "models")).is_dir()), None)
    if found is None:
        raise ModuleNotFoundError(f"{package}'s models are not installed: pip install kubernetes-inside-out")
    return found
