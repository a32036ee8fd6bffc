"""2: a Service whose target port has a name that no container has.

Look-alikes: a named port that only the second container has, and a number.
"""

from course.units.u16_troubleshooting.clusters.broken import CHANGES, Allowed, Answer, Broken, Link
from course.units.u16_troubleshooting.objects import Object, deployment, pod_spec, service
from course.units.u16_troubleshooting.town import Town


class Port(Broken):
    """`targetPort` names a port that no container of the pods has."""

    cause = "port"
    symptom = "callers of a Service are refused, and its addresses are there"

    @staticmethod
    def look_alikes(town: Town) -> None:
        """Put in a Service to the second container's port and to a number that no container declares."""
        namespace, name = town.namespace(), town.name()
        pod = pod_spec(ports=(("http", 8080),))
        pod["containers"].append(
            {
                "name": "stats",
                "image": "registry.example/stats:1",
                "ports": [{"name": "numbers", "containerPort": 9100}],
            }
        )
        ports = [
            {"name": "a", "port": 9100, "targetPort": "numbers"},
            {"name": "b", "port": 81, "targetPort": 9999},
        ]
        town.create(deployment(namespace, name, 1, pod), service(namespace, name, ports))

    def build(self) -> None:
        """Put in a Deployment with one named port, and its Service."""
        town = self.town
        self.namespace, self.name = town.namespace(), town.name()
        self.right, self.wrong = town.rng.sample(["http", "web", "api", "rest", "main"], 2)
        pod = pod_spec(ports=((self.right, town.rng.choice((3000, 8080, 8443))),))
        ports: list[Object] = [{"port": 80, "targetPort": self.right}]
        town.create(deployment(self.namespace, self.name, 3, pod), service(self.namespace, self.name, ports))

    def spoil(self) -> None:
        """Name another port."""
        ports = [{"port": 80, "targetPort": self.wrong}]
        self.town.client.patch("services", self.name, {"spec": {"ports": ports}}, self.namespace)

    def answer(self) -> Answer:
        """Return the Service and its ports."""
        return self.cause, f"services/{self.namespace}/{self.name}", "spec.ports"

    def chain(self) -> list[Link]:
        """From the Service by a slice without ports to the names of ports."""
        one = self._slices()[0]
        return [
            Link("symptom", f"Service {self.name}", "connections are refused"),
            Link(
                "object", "its EndpointSlice", f"{len(one['endpoints'])} addresses, ports: {one.get('ports')}"
            ),
            Link("condition", "its pods", "Ready=True: they are not the trouble"),
            Link("owner", "ports of the containers", self.right),
            Link("field", "Service spec.ports targetPort", self.wrong),
        ]

    def flaw(self) -> str:
        """Look at the ports and the addresses of the slices."""
        ends = [end for one in self._slices() for end in one.get("endpoints") or ()]
        ports = [port.get("port") for one in self._slices() for port in one.get("ports") or ()]
        if not ports or not all(isinstance(port, int) for port in ports):
            return "the Service's slices have addresses and no port"
        return "" if len(ends) == 3 else f"the Service's slices have {len(ends)} of 3 addresses"

    def allowed(self) -> list[Allowed]:
        """Allow the Service's ports: another name in the pods would replace them all."""
        return [Allowed(CHANGES, "services", self.namespace, self.name, ("spec.ports",))]

    def _slices(self) -> list[Object]:
        chosen = f"kubernetes.io/service-name={self.name}"
        return self.town.objects("endpointslices", self.namespace, label_selector=chosen)
