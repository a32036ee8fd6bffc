"""Policies written in CEL: the server asks them about a write itself, no webhook is needed.

`conditions` makes expressions about a request ready, `decision` asks one policy, `params` finds the objects
that its binding names, `plugin` finds the policies that a request meets.
"""
