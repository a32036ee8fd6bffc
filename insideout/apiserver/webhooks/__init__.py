"""Admission webhooks: programs outside the API server that look at a write before it is stored.

`plugin` asks them, `rules` says about what, `review` in which words, `calls` carries the question.
"""
