"""kube-proxy as a component: it watches Services and EndpointSlices and keeps its node's rules current.

Modelled: nothing is written before both lists have arrived; changes within the minimum period are written
together; a Service change that changes no rule is ignored; only changed Services' own chains are written
again, and everything is at the start, when the node's zone changes and once an hour.  Connections are
carried through the rules by the tracer, so that what the cluster's clients meet is what the rules say.  Left
out: conntrack cleanup, health check servers, and nftables mode, whose table is in `insideout.proxy.nftables`.

Source: pkg/proxy/iptables/proxier.go (syncProxyRules), cmd/kube-proxy/app/server.go@v1.36.2.
"""

from dataclasses import replace
from typing import NamedTuple

from insideout.client.informer import Informer, Key
from insideout.client.interface import Client, Object
from insideout.proxy.config import ProxyConfig
from insideout.proxy.endpoints import HEADLESS_LABEL, SERVICE_NAME_LABEL
from insideout.proxy.iptables.text import Writer, kube_proxy_text
from insideout.proxy.netfilter.recent import Recent
from insideout.proxy.netfilter.tracer import Tracer, Verdict
from insideout.proxy.runner import BoundedFrequencyRunner
from insideout.proxy.services import PROXY_NAME_LABEL, service_ports
from insideout.sim.loop import Loop

MIN_SYNC_PERIOD_S = 1.0
SYNC_PERIOD_S = 30.0
FULL_SYNC_PERIOD_S = 3600.0
ZONE_LABEL = "topology.kubernetes.io/zone"
_LISTED_POLL_S = 0.01


class Sync(NamedTuple):
    """One time the rules were written: when, and for which Services (namespace, name); all when `full`."""

    time_s: float
    full: bool
    changed: frozenset[Key]


class KubeProxy:
    """The kube-proxy of one node.

    `write` makes the rules' text; a learner's goes here.  `config` needs the cluster's ranges only: the
    node's name, address and zone are taken from `node` and its Node object.
    """

    def __init__(
        self,
        client: Client,
        loop: Loop,
        node: str,
        *,
        config: ProxyConfig | None = None,
        write: Writer = kube_proxy_text,
    ) -> None:
        self.config = replace(config or ProxyConfig(), node=node)
        self.write = write
        self.syncs: list[Sync] = []
        self._written: tuple[list[Object], list[Object], ProxyConfig] | None = None
        self._text = ""
        self._loop = loop
        self._rng = loop.rng(f"kube-proxy/{node}")
        self._recent = Recent()
        self._tracer: Tracer | None = None
        self._changed: dict[Key, None] = {}
        self._need_full = True
        self._last_full_s = 0.0
        foreign = f"!{PROXY_NAME_LABEL}"
        self._services = Informer(client, loop, "services", label_selector=foreign)
        self._slices = Informer(
            client,
            loop,
            "endpointslices.discovery.k8s.io",
            label_selector=f"{foreign},!{HEADLESS_LABEL}",
        )
        self._nodes = Informer(client, loop, "nodes", field_selector=f"metadata.name={node}")
        self._services.add_handler(
            on_add=self._on_service, on_update=self._on_service_update, on_delete=self._on_service
        )
        self._slices.add_handler(
            on_add=self._on_slice, on_update=lambda _, new: self._on_slice(new), on_delete=self._on_slice
        )
        self._nodes.add_handler(on_add=self._on_node, on_update=lambda _, new: self._on_node(new))
        self._informers = (self._nodes, self._services, self._slices)
        self._runner = BoundedFrequencyRunner(
            loop,
            self._sync,
            min_s=MIN_SYNC_PERIOD_S,
            retry_s=SYNC_PERIOD_S,
            max_s=FULL_SYNC_PERIOD_S,
        )

    def start(self) -> None:
        """Begin to watch; the first rules are written when everything has been listed."""
        for informer in self._informers:
            informer.start()
        self._loop.call_soon(self._first_sync)

    def stop(self) -> None:
        """Stop watching; the rules stay as they are, as they do in a kernel whose kube-proxy died."""
        for informer in self._informers:
            informer.stop()
        self._runner.stop()

    def resync(self) -> None:
        """Write all rules again, as after a flush of the kernel's tables or with another `write`."""
        self._need_full = True
        self._ask()

    @property
    def text(self) -> str:
        """The rules in force, as iptables-save text.

        They are those of the last sync, whatever has changed since.  The text is made when it is asked for:
        on most nodes of a large cluster nobody does.
        """
        if self._written:
            self._text, self._written = self.write(*self._written), None
        return self._text

    def connect(self, src_ip: str, dst_ip: str, dst_port: int, proto: str = "tcp") -> Verdict:
        """Carry a new connection that starts at or passes this node through its rules, now."""
        if self._tracer is None:
            self._tracer = Tracer(self.text, self._node_ips(), self._recent)
        return self._tracer.connect(src_ip, dst_ip, dst_port, proto, self._rng, self._loop.now_s)

    def _node_ips(self) -> list[str]:
        return [self.config.node_ip]

    def _on_service(self, service: Object) -> None:
        if service_ports(service):
            self._change(service["metadata"]["namespace"], service["metadata"]["name"])

    def _on_service_update(self, old: Object, new: Object) -> None:
        if service_ports(old) != service_ports(new):
            self._change(new["metadata"]["namespace"], new["metadata"]["name"])

    def _on_slice(self, endpoint_slice: Object) -> None:
        metadata = endpoint_slice["metadata"]
        service = (metadata.get("labels") or {}).get(SERVICE_NAME_LABEL)
        if service and endpoint_slice.get("addressType") == "IPv4":
            self._change(metadata["namespace"], service)

    def _on_node(self, node: Object) -> None:
        addresses = (node.get("status") or {}).get("addresses") or []
        internal = [one["address"] for one in addresses if one["type"] == "InternalIP"]
        config = replace(
            self.config,
            zone=(node["metadata"].get("labels") or {}).get(ZONE_LABEL, ""),
            node_ip=internal[0] if internal else self.config.node_ip,
        )
        if config != self.config:
            self.config = config
            self.resync()

    def _change(self, namespace: str, name: str) -> None:
        self._changed[namespace, name] = None
        self._ask()

    def _ask(self) -> None:
        if self.syncs:  # before the first sync, all that comes will be in it
            self._runner.run()

    def _first_sync(self) -> None:
        if all(informer.synced for informer in self._informers):
            self._sync()
            self._runner.start()
        else:
            self._loop.call_later(_LISTED_POLL_S, self._first_sync)

    def _sync(self) -> bool:
        """Write the rules; return whether that succeeded."""
        services, slices = self._services.list(), self._slices.list()
        full = self._need_full or self._loop.now_s - self._last_full_s >= FULL_SYNC_PERIOD_S
        self._written, self._tracer = (services, slices, self.config), None
        self.syncs.append(Sync(self._loop.now_s, full, frozenset(self._changed)))
        self._changed.clear()
        if full:
            self._need_full, self._last_full_s = False, self._loop.now_s
        return True
