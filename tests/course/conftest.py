"""A sandbox for the tests that need one."""

import pytest

from course.sandbox import protection as protections
from course.sandbox.limits import Limits
from course.sandbox.warm import Warm


@pytest.fixture(scope="session")
def protection():
    """Return what this machine offers; skip where the sandbox is not whole."""
    found = protections.probe()
    if found.weaker:
        pytest.skip(f"needs bubblewrap and user namespaces: {found.weaker[0]}")
    return found


@pytest.fixture(scope="session")
def limits():
    """Return limits that make tests of them short."""
    return Limits(cell_s=1.0, call_s=1.0, grace_s=0.5, test_s=20.0)


@pytest.fixture(scope="module")
def warm(protection, limits):
    with Warm(protection, limits) as parent:
        yield parent
