"""What later units ask again about ways to release."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "no-downtime",
        "A rolling update with maxUnavailable 0 and a readiness probe: why can requests still fail?",
        (
            "they cannot",
            "a terminating pod is still sent requests for a moment",
            "the Service is recreated",
            "old and new pods answer at once",
        ),
        "a terminating pod is still sent requests for a moment",
        "It gets its signal before each kube-proxy has heard of it; a preStop hook that sleeps helps.",
    ),
    Question(
        "rounding",
        "Of 3 replicas, what do maxSurge 25% and maxUnavailable 25% come to?",
        ("1 and 1", "1 and 0", "0 and 1", "0 and 0"),
        "1 and 0",
        "The surge rounds up, the unavailable pods round down.",
    ),
    Question(
        "deadline",
        "A rollout passes its progressDeadlineSeconds. What does the Deployment controller do?",
        ("it rolls back", "it deletes the new pods", "it changes a condition", "it pauses the Deployment"),
        "it changes a condition",
        "Progressing becomes False with the reason ProgressDeadlineExceeded; nothing else happens.",
    ),
    Question(
        "rollback-revision",
        "Revision 2 is rolled back to revision 1's template. Which revision has the old ReplicaSet now?",
        ("1", "2", "3", "there is a new ReplicaSet"),
        "3",
        "A rollback is one more rollout; the ReplicaSet with the same template is taken up again.",
    ),
    Question(
        "edited-configmap",
        "A ConfigMap that pods use as environment variables is edited. What do the running containers see?",
        ("the new values at once", "the new values after a minute", "the old values"),
        "the old values",
        "Variables are set when a container starts; only a volume without subPath changes while it runs.",
    ),
    Question(
        "canary-by-pods",
        "One canary pod beside four stable ones behind one Service: which share does the canary get?",
        ("a fifth of the new connections", "a fifth of the requests", "what the weights say", "half"),
        "a fifth of the new connections",
        "kube-proxy chooses among ready endpoints once a connection; an open connection stays where it is.",
    ),
)
