"""What later units ask again about monitoring."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "who-knows-memory",
        "Which component measures how much memory a container uses?",
        ("the kubelet", "the API server", "kube-state-metrics", "Prometheus"),
        "the kubelet",
        "kube-state-metrics only repeats what the API says; it measures nothing.",
    ),
    Question(
        "reset",
        "A counter goes 90, 100, 5, 15. By how much did it increase between the first and the last sample?",
        ("25", "-75", "10", "15"),
        "25",
        "A fall is a restart of the process: what was lost, 100, is added.",
    ),
    Question(
        "one-sample",
        "What does rate() give for a window with one sample?",
        ("nothing", "0", "the sample divided by the window"),
        "nothing",
        "It needs two samples; a window of at least four scrape intervals survives a missed scrape.",
    ),
    Question(
        "missing-pod",
        "One pod of a shrinking workload has no cpu metric. What does the autoscaler take it to use?",
        ("all that it requests", "nothing", "the average of the others", "it does not count"),
        "all that it requests",
        "Missing values make a step smaller: 100 % of the request on the way down, 0 on the way up.",
    ),
    Question(
        "labels",
        "Why is a label with the user's name a mistake?",
        (
            "every user is a series of its own",
            "names are secret",
            "Prometheus refuses it",
            "labels must be numbers",
        ),
        "every user is a series of its own",
        "The number of series is the product of the labels' values; memory and scrape size follow it.",
    ),
)
