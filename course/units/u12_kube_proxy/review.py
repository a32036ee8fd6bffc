"""What later units ask again about kube-proxy."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "kube-proxy-stops",
        "kube-proxy stops on a node. What happens to a Service's traffic there?",
        (
            "it stops",
            "it goes on by the last rules",
            "the API server takes over",
            "only new connections fail",
        ),
        "it goes on by the last rules",
        "No packet passes through kube-proxy; the kernel goes on by the rules that it wrote last.",
    ),
    Question(
        "probability",
        "Four endpoints in iptables mode. Which probability does the second of the four rules have?",
        ("1/4", "1/3", "1/2", "none"),
        "1/3",
        "It sees what the first rule left, so it takes one of the remaining three.",
    ),
    Question(
        "whose-address",
        "A pod connects to a Service's cluster IP. Which source address does the answering pod see?",
        ("the client pod's", "the node's", "the cluster IP"),
        "the client pod's",
        "Only packets from outside the pods' addresses are masqueraded, and a pod's own to itself.",
    ),
    Question(
        "reject-or-drop",
        "A Service has no usable endpoint on any node. What does a client get?",
        ("connection refused at once", "silence until it gives up", "the answer of a terminating pod"),
        "connection refused at once",
        "That is REJECT. DROP is for policy Local with endpoints elsewhere but none here.",
    ),
    Question(
        "affinity",
        "Can iptables mode keep a client at one endpoint?",
        ("no", "yes, by the module recent", "yes, by connection tracking alone"),
        "yes, by the module recent",
        "Rules put the client's address on an endpoint's list and look it up for the timeout, three hours.",
    ),
)
