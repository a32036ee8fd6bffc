"""The kinds of the group batch."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "batch",
        "v1",
        "CronJob",
        "cronjobs",
        "cronjob",
        short_names=("cj",),
        categories=("all",),
        subresources=(STATUS,),
        model="V1CronJob",
    ),
    Kind("batch", "v1", "Job", "jobs", "job", categories=("all",), subresources=(STATUS,), model="V1Job"),
)
