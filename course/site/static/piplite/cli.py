"""What %pip becomes in a cell."""

from . import CANNOT


async def get_transformed_code(argv: list[str]) -> str:
    """Return the Python code for the arguments of %pip."""
    return f"print({CANNOT!r})"
