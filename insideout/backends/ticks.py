"""Events for a loop on which little happens: a real control plane lives elsewhere and tells it nothing.

`Cluster.wait` looks at its condition after every event of the loop, so there has to be one now and then.
"""

from insideout.sim.loop import Loop

EVERY_S = 0.1


def tick(loop: Loop) -> None:
    """Have an event every EVERY_S seconds, from now until the loop stops."""
    loop.call_later(EVERY_S, tick, loop)
