"""URLs and their parts.

Source: k8s.io/apiserver/pkg/cel/library/urls.go@v1.36.2; net/url/url.go of Go.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.cel.values import EvaluationError, no_such_overload


@dataclass(frozen=True, slots=True)
class Url:
    """A URL as a value."""

    text: str
    parts: SplitResult
    TYPE: ClassVar[str] = "kubernetes.URL"


def url(text: Any) -> Url:
    """Read an absolute URL, or an absolute path."""
    if not isinstance(text, str):
        raise no_such_overload()
    why = refusal(text)
    if why:
        raise EvaluationError(f"URL parse error during conversion from string: {why}")
    return Url(text, urlsplit(text))


def refusal(text: str) -> str:
    """Return why a text cannot be requested as a URL, "" when it can."""
    head = f"parse {go_quote(text)}: "
    if re.search(r"[\x00-\x1f\x7f]", text):
        return f"{head}net/url: invalid control character in URL"
    if not text:
        return f"{head}empty url"
    bad_escape = re.search(r"%(?![0-9A-Fa-f]{2}).{0,2}", text)
    if bad_escape:
        return f'{head}invalid URL escape "{bad_escape[0]}"'
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return f"{head}invalid port {go_quote(':' + text.rpartition(':')[2].partition('/')[0])} after host"
    if text.startswith(":"):
        return f"{head}missing protocol scheme"
    if " " in parts.netloc:
        return f'{head}invalid character " " in host name'
    if not parts.scheme and not text.startswith("/"):
        return f"{head}invalid URI for request"
    return ""


def _is_url(text: Any) -> bool:
    if not isinstance(text, str):
        raise no_such_overload()
    return not refusal(text)


def _host(value: Url) -> str:
    return value.parts.netloc.rpartition("@")[2]


def _host_name(value: Url) -> str:
    host = _host(value)
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _port(value: Url) -> str:
    return re.sub(r"^(\[.*\]|[^:]*):?", "", _host(value))


def _escaped_path(value: Url) -> str:
    return (
        quote(unquote(value.parts.path), safe="/:@!$&'()*+,;=~-._")
        if "%" not in value.parts.path
        else value.parts.path
    )


FUNCTIONS: dict[str, Any] = {
    "url": url,
    "isURL": _is_url,
    "getScheme": lambda value: value.parts.scheme,
    "getHost": _host,
    "getHostname": _host_name,
    "getPort": _port,
    "getEscapedPath": _escaped_path,
    "getQuery": lambda value: parse_qs(value.parts.query, keep_blank_values=True),
}
