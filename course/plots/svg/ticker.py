"""Where ticks stand, and what is written at them."""


class MaxNLocator:
    """Ticks at round values, no more than `most`; at whole numbers with `integer`."""

    def __init__(self, most: int = 9, *, integer: bool = False) -> None:
        self.most = most
        self.integer = integer


class StrMethodFormatter:
    """Ticks as a format string writes them: "{x:,.0f}"."""

    def __init__(self, form: str) -> None:
        self._form = form

    def __call__(self, value: float) -> str:
        """Return a tick's label."""
        return self._form.format(x=value)
