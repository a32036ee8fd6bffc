"""What later units ask again about networks."""

from course.learn.questions import Question

QUESTIONS = (
    Question(
        "vxlan-mtu",
        "The nodes' network has an MTU of 1500. What is it for pods behind VXLAN over IPv4?",
        ("1500", "1450", "1440", "1550"),
        "1450",
        "Outer IPv4 20, UDP 8, VXLAN 8 and the inner Ethernet header 14 bytes are taken from it.",
    ),
    Question(
        "enforced-by",
        "You create a NetworkPolicy, the API server answers 201, and traffic goes on. Why may that be?",
        (
            "the API server enforces it after a minute",
            "no network plugin enforces it",
            "kube-proxy must be restarted",
        ),
        "no network plugin enforces it",
        "The API server only stores policies; Flannel alone, for one, does not read them.",
    ),
    Question(
        "egress-empty",
        "A policy without policyTypes has `egress: []`. What may its pods send?",
        ("nothing", "anything", "only DNS"),
        "anything",
        "Missing policyTypes mean Egress only when there are egress rules; here there are none.",
    ),
    Question(
        "selectors",
        "One element of `from` has a namespaceSelector and a podSelector. Who is let in?",
        ("pods that either selects", "pods that both select", "all pods of those namespaces"),
        "pods that both select",
        "Within one element both must match; two elements would be one or the other.",
    ),
    Question(
        "pod-range",
        "A cluster range of /16 is divided into /24 for the nodes. How many nodes can join?",
        ("110", "254", "256", "65,536"),
        "256",
        "Eight bits are left between the two masks, whatever the number of pods on a node is.",
    ),
)
