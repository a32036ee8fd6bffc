"""Something of a learner's that lives in another process, and what a check may have done beside it there."""

from abc import ABC, abstractmethod
from typing import Any


class Elsewhere(ABC):
    """A learner's function, class or object behind a channel: each use is a question and an answer."""

    @abstractmethod
    def _through(self, helper: str, *args: Any) -> Any:
        """Call `helper`, "module:function" of the package, beside the thing itself: helper(thing, *args).

        Raises Raised as any call does, for nothing that comes back can be trusted more than an answer.
        """


def beside(thing: Any, helper: str, *args: Any) -> Any:
    """Return helper(thing, *args) from where `thing` lives; None for a thing of this very process."""
    return thing._through(helper, *args) if isinstance(thing, Elsewhere) else None
