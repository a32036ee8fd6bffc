"""What runs in the sandbox, beside the learner's code: it imports nothing of the course but itself.

The folder is mounted there as the package `inside`, so its modules import each other relatively.  Nothing in
it may be secret and nothing in it is trusted: the learner's code shares its process and can change all of it.
"""
