"""Paths below one object that do something of their own: scale, binding, eviction, a pod's node (log, exec).

status, finalize, ephemeralcontainers and resize are writes of the object itself under other rules, so they
go the way of every write, and insideout.apiserver.strategy knows the rules.
"""
