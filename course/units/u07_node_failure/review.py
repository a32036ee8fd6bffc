"""What later units ask again about lost nodes."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "unknown",
        "A node's condition Ready is Unknown. Who wrote that?",
        ("the node's kubelet", "the node lifecycle controller", "the API server"),
        "the node lifecycle controller",
        "A kubelet that can write says True or False; Unknown is the controller's word for its silence.",
    ),
    Question(
        "grace",
        "With the defaults of v1.36, for how long does a node have to be silent to become Unknown?",
        ("10 s", "40 s", "50 s", "5 minutes"),
        "50 s",
        "The grace is 50 s since v1.32, counted from the poll that saw the last sign of life.",
    ),
    Question(
        "five-minutes",
        "Where are the five minutes written that a pod stays on a lost node?",
        ("in a flag of kube-controller-manager", "in the pod's tolerations", "in the Node object"),
        "in the pod's tolerations",
        "Admission gives every pod two tolerations of 300 s, unless it has its own; the flag went in v1.27.",
    ),
    Question(
        "callers",
        "When do a Service's callers stop being sent to a pod of a dead machine?",
        ("at once", "when its node becomes Unknown", "when the pod is deleted"),
        "when its node becomes Unknown",
        "The node controller then sets the pod's Ready to False; the deletion comes five minutes later.",
    ),
    Question(
        "statefulset",
        "A machine with a StatefulSet's pod is dead for an hour. Where is that pod's successor?",
        (
            "on another node",
            "nowhere: it waits for the old pod to be gone",
            "nowhere: StatefulSet pods never move",
        ),
        "nowhere: it waits for the old pod to be gone",
        "The old pod is Terminating; only its kubelet, or somebody who knows it dead, can end that.",
    ),
    Question(
        "all-dead",
        "All nodes of a cluster turn Unknown at once. What happens to their pods?",
        ("they are deleted after five minutes", "they are deleted ten seconds apart", "nothing"),
        "nothing",
        "When no node is ready, the fault is more likely in between: the controller stops tainting.",
    ),
)
