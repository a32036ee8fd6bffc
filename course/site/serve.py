"""A server of files for a built site, on 127.0.0.1; any other server of files will do as well.

Left out: compression, and the headers that isolate a page from others.  JupyterLite needs neither.
"""

import functools
import mimetypes
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS = "127.0.0.1"


class Handler(SimpleHTTPRequestHandler):
    """Serves files; a browser asks each time whether its copy is still good, and is told in few bytes."""

    extensions_map = {  # noqa: RUF012  http.server's own name
        **SimpleHTTPRequestHandler.extensions_map,
        **{
            ending: kind
            for ending, kind in mimetypes.types_map.items()
            if ending in (".html", ".css", ".json")
        },
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",  # or a browser cannot compile it while it loads
        ".whl": "application/zip",
        ".ipynb": "application/json",
    }
    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        """Add that a copy has to be asked about."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def server(folder: Path, port: int = 0, handler: type[Handler] = Handler) -> ThreadingHTTPServer:
    """Return a server of the files in a folder; port 0 takes a free one.  OSError when the port is taken."""
    return ThreadingHTTPServer((ADDRESS, port), functools.partial(handler, directory=str(folder)))
