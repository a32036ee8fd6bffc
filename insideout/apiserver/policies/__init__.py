"""Policies written in CEL: the server asks them about a write itself, no webhook is needed.

`conditions` makes expressions about a request ready, `params` finds the objects that a binding names, `bound`
the policies that a request meets.  `decision` asks one validating policy, `plugin` all of them; `mutation`
carries one mutating policy out, `mutating` all of them.
"""
