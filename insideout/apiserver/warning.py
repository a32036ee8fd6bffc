"""What a client is warned of, and the header that kubectl prints it from.

A rule deep inside of a write may have something to say that is no refusal: it calls `warn`, and the answer to
the request that is being handled carries it.  Outside of a request nobody listens, and warnings are dropped.

A warning is given once; what a header cannot hold is left out, and where warnings are too long together, each
is cut short.

Source: k8s.io/apiserver/pkg/{warning/context,endpoints/filters/warning}.go,
k8s.io/apimachinery/pkg/util/net/http.go (NewWarningHeader),
k8s.io/apiserver/pkg/endpoints/handlers/rest.go (parseYAMLWarnings)@v1.36.2.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_MOST_IN_ALL = 4 * 1024
_MOST_EACH = 256
_YAML = ("error converting YAML to JSON: yaml: unmarshal errors:\n", "yaml: unmarshal errors:\n")


_listening: ContextVar[list[str] | None] = ContextVar("warnings", default=None)


def warn(text: str) -> None:
    """Add a warning to the answer of the request that is being handled."""
    found = _listening.get()
    if found is not None:
        found.append(text)


def is_heard() -> bool:
    """Tell whether anybody listens, so that nothing is worked out for nobody."""
    return _listening.get() is not None


def warn_first(texts: Iterable[str]) -> None:
    """Add warnings before those that are there: what was seen of the request before anything was done."""
    found = _listening.get()
    if found is not None:
        found[:0] = texts


@contextmanager
def collected() -> Iterator[list[str]]:
    """Collect the warnings that arise inside."""
    found: list[str] = []
    token = _listening.set(found)
    try:
        yield found
    finally:
        _listening.reset(token)


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
