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
    Kind(
        "autoscaling",
        "v1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        "horizontalpodautoscaler",
        short_names=("hpa",),
        categories=("all",),
        subresources=(STATUS,),
        model="V1HorizontalPodAutoscaler",
        hub="autoscaling/v2",
    ),
)

SCALE = Kind("autoscaling", "v1", "Scale", "scales", "scale", model="V1Scale", verbs=READ_WRITE)
