"""The scheduler: from pods without a node to bindings.

Read from the inside out: `filters` and `scores` decide about one pod and one node, `cycle` runs them over a
`snapshot` of the cluster, `attempt` adds `preemption` and the message, `queue` says which pod is next and
`hints` which events wake a waiting one.  None of these knows an API server.  `watching` and `writes` connect
them to one, and `scheduler` is the component.  `verify` plays recorded scenarios.

Every filter and score is a module with one function, chosen and weighted in `profile`; a learner's own may
stand beside or instead of them.
"""

from insideout.scheduler.profile import Profile
from insideout.scheduler.scheduler import Scheduler

__all__ = ["Profile", "Scheduler"]
