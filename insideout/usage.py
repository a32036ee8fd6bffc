"""The error of every command whose user asked for something that makes no sense."""


class UsageError(Exception):
    """One line that says what was wrong and what to do instead; the command then exits with code 2."""
