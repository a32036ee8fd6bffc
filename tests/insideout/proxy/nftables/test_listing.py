import pytest

from insideout.proxy.nftables.listing import duration, list_text
from insideout.proxy.nftables.table import Table


@pytest.mark.parametrize(
    ("seconds", "printed"),
    [(1, "1s"), (60, "1m"), (300, "5m"), (3661, "1h1m1s"), (10800, "3h"), (86400, "1d"), (90061, "1d1h1m1s")],
)
def test_times_are_printed_in_units(seconds: int, printed: str) -> None:
    assert duration(seconds) == printed


def test_addresses_stand_three_to_a_line_and_all_else_alone() -> None:
    table = Table()
    table.container("set", "ips", "ipv4_addr")
    table.container("map", "verdicts", "inet_service : verdict")
    for last in range(1, 5):
        table.put("ips", f"10.0.0.{last}")
    table.put("verdicts", "80", "drop", "why")
    table.put("verdicts", "81", "goto c")
    assert list_text(table).splitlines() == [
        "table ip kube-proxy {",
        '\tcomment "rules for kube-proxy"',
        "\tset ips {",
        "\t\ttype ipv4_addr",
        "\t\telements = { 10.0.0.1, 10.0.0.2, 10.0.0.3,",
        "\t\t\t     10.0.0.4 }",
        "\t}",
        "",
        "\tmap verdicts {",
        "\t\ttype inet_service : verdict",
        '\t\telements = { 80 comment "why" : drop,',
        "\t\t\t     81 : goto c }",
        "\t}",
        "}",
    ]
