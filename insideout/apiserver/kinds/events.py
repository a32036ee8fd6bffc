"""The kinds of the group events.k8s.io."""

from insideout.apiserver.kinds.kind import Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "events.k8s.io",
        "v1",
        "Event",
        "events",
        "event",
        short_names=("ev",),
        model="EventsV1Event",
        hub="v1",
    ),
)
