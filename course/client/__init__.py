"""How every component, ours and the learner's, talks to an API server."""

from course.client.informer import Informer, key_of
from course.client.interface import ApiError, Client, Object, UnreachableError, Watch, WatchEvent
from course.client.workqueue import WorkQueue

__all__ = [
    "ApiError",
    "Client",
    "Informer",
    "Object",
    "UnreachableError",
    "Watch",
    "WatchEvent",
    "WorkQueue",
    "key_of",
]
