"""What people believe about Raft: by wrong functions for the pure rules, by questions for a node.

A question drives one node alone, with no group around it, and looks at what it does.
"""
