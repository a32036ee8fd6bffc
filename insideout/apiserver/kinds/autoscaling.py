"""The kinds of the group autoscaling."""

from insideout.apiserver.kinds.kind import READ_WRITE, STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        "horizontalpodautoscaler",
        short_names=("hpa",),
        categories=("all",),
        subresources=(STATUS,),
        model="V2HorizontalPodAutoscaler",
    ),
)

SCALE = Kind("autoscaling", "v1", "Scale", "scales", "scale", model="V1Scale", verbs=READ_WRITE)
