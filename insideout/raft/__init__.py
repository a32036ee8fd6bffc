"""Raft by hand: what a node is told and answers, and the harness that tries to break it.

A learner's node is a state machine in plain data (`messages`, `node`).  The harness runs a group of them on
a seeded network in virtual time (`group`), lets scenarios act on it (`scenarios`), checks the paper's
properties after every call (`rules`) and tells a failure as a story (`story`).
"""
