"""The two rules that Raft's safety rests on, explored without gaps in small groups.

`votes` and `commits` give a learner's pure function every small input, and then every short history of a
small group, breadth first: what is found first is the shortest way in which the rule fails.
"""
