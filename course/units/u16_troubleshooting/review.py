"""What later units ask again about troubleshooting."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "no-scheduler",
        "A pod names a scheduler that does not run. What says so?",
        ("its conditions", "its events", "its owner's conditions", "nothing: only spec.schedulerName"),
        "nothing: only spec.schedulerName",
        "Conditions and events are written by whoever looks at the pod, and nobody does.",
    ),
    Question(
        "delete-pending",
        "One pod of three is Pending, two serve. Why is deleting the pods a bad first guess?",
        (
            "pods cannot be deleted while one is Pending",
            "whatever keeps the third from a node keeps all three from it then",
            "the Deployment is deleted with them",
            "the quota counts them twice",
        ),
        "whatever keeps the third from a node keeps all three from it then",
        "Running pods keep a place that a new pod would not get.",
    ),
    Question(
        "empty-slice",
        "A Service refuses connections, and its EndpointSlices have addresses. Where is it wrong?",
        ("in the selector", "in the ports", "in the pods' readiness", "in the NetworkPolicy"),
        "in the ports",
        "The selector finds ready pods. A target port whose name no container has is left out of the slice.",
    ),
    Question(
        "message",
        "Which part of a condition may a program rely on?",
        ("type, status and reason", "the message", "all of it", "none of it"),
        "type, status and reason",
        "Prose changes between releases; types and reasons are part of the API.",
    ),
)
