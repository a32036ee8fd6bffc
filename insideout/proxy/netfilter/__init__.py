"""The kernel's side: a packet walked through rules in iptables-save's text, whoever wrote them.

`parse` reads the text, `matches` and `targets` give each rule its meaning, `walk` is the one walk through
tables and chains, and `tracer` asks it two questions: every way a packet can go, and the way this one goes.
"""
