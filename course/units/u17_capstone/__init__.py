"""Unit 17: a cluster of the parts that a learner wrote, and a day of chaos."""
