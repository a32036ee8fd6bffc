"""Time and chance: one event loop owns both, so that a run can be repeated exactly."""

from insideout.sim.loop import Loop, Timer

__all__ = ["Loop", "Timer"]
