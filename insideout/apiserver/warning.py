"""What a client is warned of: the header that kubectl prints warnings from.

A warning is given once; what a header cannot hold is left out, and where warnings are too long together, each
is cut short.

Source: k8s.io/apiserver/pkg/endpoints/filters/warning.go, k8s.io/apimachinery/pkg/util/net/http.go
(NewWarningHeader), k8s.io/apiserver/pkg/endpoints/handlers/rest.go (parseYAMLWarnings)@v1.36.2.
"""

import unicodedata
from collections.abc import Iterable

_MOST_IN_ALL = 4 * 1024
_MOST_EACH = 256
_YAML = ("error converting YAML to JSON: yaml: unmarshal errors:\n", "yaml: unmarshal errors:\n")


def header(texts: Iterable[str]) -> str:
    """Return the value of the Warning header, "" when there is nothing to say; lengths are in characters."""
    given = [text for text in dict.fromkeys(_lines(texts)) if text and not _has_control(text)]
    if sum(map(len, given)) > _MOST_IN_ALL:
        given = _cut(given)
    return ", ".join(f'299 - "{_escaped(text)}"' for text in given)


def _lines(texts: Iterable[str]) -> Iterable[str]:
    """Yield the warnings, of the list of a YAML reader each on its own."""
    for text in texts:
        start = next((each for each in _YAML if text.startswith(each)), "")
        if start:
            yield from (line.strip() for line in text.removeprefix(start).split("\n"))
        else:
            yield text


def _cut(texts: list[str]) -> list[str]:
    kept: list[str] = []
    length = 0
    for text in texts:
        if length >= _MOST_IN_ALL:
            break
        kept.append(text[:_MOST_EACH])
        length += len(kept[-1])
    return kept


def _has_control(text: str) -> bool:
    return any(unicodedata.category(char) == "Cc" for char in text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
