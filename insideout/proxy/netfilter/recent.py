"""The kernel's lists of addresses seen: what ClientIP affinity is kept in.

Each list holds at most 100 addresses (the module's ip_list_tot), and forgets the one it saw longest ago: a
Service with more clients than that for one endpoint loses some affinity before its timeout.

Source: net/netfilter/xt_recent.c of Linux 6.
"""

LIST_TOTAL = 100


class Recent:
    """Named lists of addresses, each with the time it was last seen; a list holds `total` of them."""

    def __init__(self, total: int = LIST_TOTAL) -> None:
        self._total = total
        self._lists: dict[str, dict[int, float]] = {}

    def seen(self, name: str, source: int, now_s: float, within_s: int | None) -> bool:
        """Return whether list `name` holds the address, seen at most `within_s` ago when that is given."""
        last_s = self._lists.get(name, {}).get(source)
        return last_s is not None and (within_s is None or now_s - last_s <= within_s)

    def remember(self, name: str, source: int, now_s: float) -> None:
        """Put the address at the end of list `name`, and forget the oldest when the list is full."""
        entries = self._lists.setdefault(name, {})
        if entries.pop(source, None) is None and len(entries) >= self._total:
            del entries[next(iter(entries))]
        entries[source] = now_s

    def keep(self, names: frozenset[str]) -> None:
        """Drop every list that no rule names any more, as the kernel does."""
        self._lists = {name: entries for name, entries in self._lists.items() if name in names}

    def forget(self, name: str, source: int) -> bool:
        """Take the address off the list; return whether it was on it."""
        return self._lists.get(name, {}).pop(source, None) is not None
