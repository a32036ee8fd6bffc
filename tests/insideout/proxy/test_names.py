import pytest

from insideout.proxy.names import ServicePortName, iptables_chain, nftables_chain

WEB = ServicePortName("demo", "web", "", "TCP")
DNS = ServicePortName("demo", "dns", "dns-tcp", "TCP")


@pytest.mark.parametrize(
    ("kind", "name", "endpoint", "chain"),
    [
        ("SVC", WEB, "", "KUBE-SVC-YTGZ2JEENUBCE3T3"),
        ("SVL", WEB, "", "KUBE-SVL-YTGZ2JEENUBCE3T3"),
        ("SEP", WEB, "10.244.1.5:8080", "KUBE-SEP-C2FIVY6UUUTSJSY5"),
        ("SVC", DNS, "", "KUBE-SVC-Q6TD46RY4BX7FDCG"),
        ("SVC", DNS._replace(port="dns", protocol="UDP"), "", "KUBE-SVC-IXHL676EY46F5RLS"),
    ],
)
def test_iptables_chains_carry_the_recorded_hashes(
    kind: str, name: ServicePortName, endpoint: str, chain: str
) -> None:
    assert iptables_chain(kind, name, endpoint) == chain


def test_a_port_without_a_name_leaves_no_colon() -> None:
    assert (str(WEB), str(DNS)) == ("demo/web", "demo/dns:dns-tcp")


def test_nftables_names_can_be_read() -> None:
    assert nftables_chain("service", DNS) == "service-VMYAUN5H-demo/dns/tcp/dns-tcp"
    assert nftables_chain("endpoint", WEB, "10.244.1.5:8080") == (
        "endpoint-Q5ERR57O-demo/web/tcp/__10.244.1.5/8080"
    )


def test_nftables_names_are_cut_to_what_the_kernel_takes() -> None:
    long = ServicePortName("n" * 63, "s" * 63, "p" * 63, "TCP")
    cut = nftables_chain("endpoint", long, "10.244.100.100:65535" + "0" * 30)
    assert len(cut) == len("endpoint-") + 240
    assert cut.endswith("...")
