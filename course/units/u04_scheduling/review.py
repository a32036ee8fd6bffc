"""What later units ask again about scheduling."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "silent-pod",
        "A pod is Pending and has neither a PodScheduled condition nor an event. What do you look at?",
        ("spec.schedulerName", "the node's logs", "the image", "the pod's requests"),
        "spec.schedulerName",
        "Condition and events are written by the scheduler that the pod names; this one does not run.",
    ),
    Question(
        "first-refusal",
        "A node is tainted and has no room either. Which reasons does it give in 0/1 nodes are available?",
        ("both", "the taint", "the missing room", "none"),
        "the taint",
        "A node's first filter that refuses speaks alone, and the taint filter comes before resources.",
    ),
    Question(
        "crash-phase",
        "Which phase has a pod whose only container is in CrashLoopBackOff?",
        ("Pending", "Running", "Failed"),
        "Running",
        "Pending would mean that a container has never ended and waits for its first start.",
    ),
    Question(
        "fewest-victims",
        "A pod can evict three pods of priority 0 on one node or two of priority 5 on another, no budgets. "
        "Which go?",
        ("the three of priority 0", "the two of priority 5", "whichever node is found first"),
        "the three of priority 0",
        "The priority of the most important victim is compared before the number of victims.",
    ),
    Question(
        "two-copies",
        "Two copies of the scheduler elect a leader. What does the second one bring?",
        (
            "half of the work is done by it",
            "nothing until the first one dies or leaves",
            "it takes pods over when the queue is long",
        ),
        "nothing until the first one dies or leaves",
        "Only the holder of the Lease schedules; the others look at it every 2 to 4.4 s.",
    ),
    Question(
        "lease-time",
        "From what does a candidate count the 15 s after which it may take another's Lease?",
        (
            "from the renewTime in the Lease",
            "from when it last saw the Lease change",
            "from when the leader took it",
        ),
        "from when it last saw the Lease change",
        "Clocks differ between machines; only its own clock and what it saw count.",
    ),
)
