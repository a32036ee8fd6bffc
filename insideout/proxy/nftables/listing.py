"""What `nft list table ip kube-proxy` prints.

Elements are sorted here; the kernel lists them in the order of its hash table.

Source: src/rule.c and src/expression.c (calculate_delim) of nftables 1.0.6, compared with the real program in
tests/insideout/proxy/test_modes.py.
"""

from collections.abc import Iterator

from insideout.proxy.nftables.table import Chain, Container, Element, Table

_ADDRESSES_PER_LINE = 3
_NEXT_LINE = ",\n\t\t\t     "


def list_text(table: Table) -> str:
    """Return the listing of the whole table."""
    blocks = [_container(one) for one in table.containers.values()]
    blocks += [_chain(one) for one in table.chains.values()]
    return 'table ip kube-proxy {\n\tcomment "rules for kube-proxy"\n' + "\n".join(blocks) + "}\n"


def duration(seconds: int) -> str:
    """Return a time as nft prints it: 10800 is "3h", 90 is "1m30s"."""
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    d, h = divmod(hours, 24)
    return "".join(f"{n}{unit}" for n, unit in ((d, "d"), (h, "h"), (m, "m"), (s, "s")) if n) or "0s"


def _container(container: Container) -> str:
    return _block(f"{container.kind} {container.name}", _container_lines(container))


def _container_lines(container: Container) -> Iterator[str]:
    yield f"type {container.type}"
    if container.timeout_s:
        yield "size 65535"  # the kernel's bound for a set that packets fill
        yield "flags dynamic,timeout"
        yield f"timeout {duration(container.timeout_s)}"
    if container.comment:
        yield f'comment "{container.comment}"'
    if container.elements:
        elements = [_element(container.elements[key]) for key in sorted(container.elements)]
        per_line = _ADDRESSES_PER_LINE if container.type == "ipv4_addr" else 1
        lines = [", ".join(elements[i : i + per_line]) for i in range(0, len(elements), per_line)]
        yield "elements = { " + _NEXT_LINE.join(lines) + " }"


def _element(element: Element) -> str:
    comment = f' comment "{element.comment}"' if element.comment else ""
    value = f" : {element.value}" if element.value else ""
    return element.key + comment + value


def _chain(chain: Chain) -> str:
    lines = [line for line in (chain.comment and f'comment "{chain.comment}"', chain.hook) if line]
    return _block(f"chain {chain.name}", [*lines, *chain.rules])


def _block(head: str, lines: "Iterator[str] | list[str]") -> str:
    return f"\t{head} {{\n" + "".join(f"\t\t{line}\n" for line in lines) + "\t}\n"
