"""API priority and fairness as objects: the configuration that every server has, and its conditions.

Left out: queues themselves, since this server answers one request at a time, and the two headers that name a
request's FlowSchema and level.
"""
