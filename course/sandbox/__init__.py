"""The process that a learner's code runs in while it is graded, its walls, and the channel to it."""
