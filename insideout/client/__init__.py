"""How every component, ours and the learner's, talks to an API server."""

from insideout.client.interface import ApiError, Client, Object, UnreachableError, Watch, WatchEvent

__all__ = ["ApiError", "Client", "Object", "UnreachableError", "Watch", "WatchEvent"]
