"""What a learner's code raised, in words for its author."""

import traceback


def told(error: Exception) -> str:
    """Return "KeyError in on_tick, line 3: 'n4'".

    An error that came from another process, where the code ran, has its own `kind`, `message` and `where`.
    """
    if hasattr(error, "kind") and hasattr(error, "message"):
        where = getattr(error, "where", "")
        return f"{error.kind}: {error.message}" + (f" (at {where})" if where else "")
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].name}, line {frames[-1].lineno}" if len(frames) > 1 else ""
    return f"{type(error).__name__}{where}" + (f": {error}" if str(error) else "")
