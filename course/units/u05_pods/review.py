"""What later units ask again about pods."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "who-reaps",
        "A pod sets no field about processes. A container leaves an orphan. Who has to reap it?",
        ("pause", "PID 1 of that container", "the kubelet", "the node's init"),
        "PID 1 of that container",
        "Without shareProcessNamespace each container has a PID namespace of its own, without pause.",
    ),
    Question(
        "what-gates",
        "An init container stands after a sidecar that has all three probes. What does it wait for?",
        ("nothing", "the startup probe", "the readiness probe", "all three probes"),
        "the startup probe",
        "The next one starts once the sidecar runs, its postStart has returned and its startup probe passed.",
    ),
    Question(
        "order-counts",
        "Main 100m; a plain init container of 500m and a sidecar of 300m. When does the pod ask for 800m?",
        ("when the sidecar is listed first", "when the init container is listed first", "always", "never"),
        "when the sidecar is listed first",
        "An init container runs beside the sidecars listed before it: 300m + 500m; otherwise 500m at most.",
    ),
    Question(
        "sidecar-prestop",
        "A pod with a sidecar is deleted. When does the sidecar's preStop hook run?",
        ("at once", "after the main containers", "after SIGTERM", "when the grace period is over"),
        "at once",
        "Only SIGTERM waits for the sidecar's turn; every hook runs as soon as stopping begins.",
    ),
    Question(
        "stop-order",
        "Sidecars a and b, in this order. Which is told to stop first, once the main containers have gone?",
        ("a", "b", "both at once", "whichever was started last"),
        "b",
        "Sidecars stop in reverse: a waits until b has gone.",
    ),
)
