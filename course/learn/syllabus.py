"""The seventeen units in the order in which a learner walks them."""

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: its folder's name, its title, the question that it answers, and the minutes of its core."""

    name: str
    title: str
    question: str
    minutes: int = 45

    @property
    def number(self) -> str:
        """The number as it is written, such as "06"."""
        return self.name[:2]


UNITS = (
    Unit("01_components", "Components", "Who does what in a cluster, and why is it declarative?", 60),
    Unit("02_watch", "Watch", "How does no event get lost?", 50),
    Unit("03_raft", "Raft", "How does etcd agree, and when may it forget?", 60),
    Unit("04_scheduling", "Scheduling", "Why is a pod Pending, and how does the scheduler choose?", 60),
    Unit("05_pods", "Pods", "What is the pause container for, and in which order do sidecars start?", 55),
    Unit("06_qos", "QoS classes", "Who goes first when memory runs out?"),
    Unit("07_node_failure", "Node failure", "When does a node become NotReady, and when do its pods go?", 60),
    Unit("08_rollouts", "Rollouts", "Which ways to release are there, and what does a caller see?", 60),
    Unit("09_statefulsets", "StatefulSets", "How does a StatefulSet roll an update out?", 50),
    Unit("10_operators", "Operators", "When is a StatefulSet not enough?", 60),
    Unit("11_services", "Services", "What is between a Service and its pods?", 60),
    Unit("12_kube_proxy", "kube-proxy", "Which rules carry a Service's traffic?", 60),
    Unit("13_networking", "Networking", "Which network fits, and what may reach what?", 60),
    Unit("14_exec", "exec", "What happens between kubectl exec and a container?", 40),
    Unit("15_monitoring", "Monitoring", "What do Prometheus and the HPA compute?", 60),
    Unit("16_troubleshooting", "Troubleshooting", "Where does one look first when a cluster is broken?", 60),
    Unit("17_capstone", "Your own Kubernetes", "Do the parts that you wrote run one cluster?", 60),
)
