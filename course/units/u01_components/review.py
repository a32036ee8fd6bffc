"""What later units ask again about components, the birth of a pod and declarative state."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "scheduler-down",
        "The scheduler is down and somebody deletes a pod of a Deployment. What is there a moment later?",
        ("one pod less", "a new pod without a node", "a new pod that runs", "an error from the API server"),
        "a new pod without a node",
        "The controller manager makes the pod object; only the scheduler writes a node's name into it.",
    ),
    Question(
        "api-server-down",
        "The API server is down and a container crashes. Is it started again?",
        ("yes, by its kubelet", "no, not before the API server is back", "yes, by the controller manager"),
        "yes, by its kubelet",
        "A kubelet restarts the containers of pods that it knows without asking anybody.",
    ),
    Question(
        "who-calls-the-kubelet",
        "How does a kubelet learn of a pod that was placed on its node?",
        (
            "the scheduler calls it",
            "the API server calls it",
            "its own watch at the API server tells it",
            "the controller manager calls it",
        ),
        "its own watch at the API server tells it",
        "Every component keeps watches open; no component calls another to get a pod going.",
    ),
    Question(
        "bind-to-nowhere",
        "A pod is bound to a node that does not exist. What does the API server answer?",
        ("201", "404", "409", "422"),
        "201",
        "It looks at the pod only: whether it has a node already, is being deleted or has scheduling gates.",
    ),
    Question(
        "why-declarative",
        "Why does a controller that compares the state survive a lost event, and one that counts events not?",
        (
            "it retries each event",
            "only a stored wish can be compared with what is there",
            "its watch never breaks",
            "events are stored in etcd",
        ),
        "only a stored wish can be compared with what is there",
        "It is right as soon as it looks again, however many events it missed or got twice.",
    ),
    Question(
        "apply-removes",
        "alice applies a and b, bob applies c, then alice applies a only (server-side). Which keys are left?",
        ("a", "a and c", "a, b and c", "c"),
        "a and c",
        "b has no owner any more; c is bob's. The API server remembers owners in managedFields.",
    ),
)
