"""Stands in for the kernel's installer: all packages of the site are there, and a page loads no others."""

CANNOT = "A page cannot install packages: it loads nothing from elsewhere."


async def install(*_: object, **__: object) -> None:
    """Raise ImportError."""
    raise ImportError(CANNOT)
