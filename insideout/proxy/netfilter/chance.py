"""Where a random match gets its answer: from a seeded source, or from a script that goes through them all."""

from fractions import Fraction
from random import Random


class Drawn:
    """Answers drawn from `rng`."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def happens(self, probability: Fraction) -> bool:
        """Return True with the given probability."""
        return self._rng.random() < float(probability)


class Scripted:
    """The answers in `script`, then "yes" to every further question, with the probability of all of them."""

    def __init__(self, script: list[bool]) -> None:
        self._script = script
        self._asked = 0
        self.probability = Fraction(1)

    def happens(self, probability: Fraction) -> bool:
        """Return the next answer."""
        if self._asked == len(self._script):
            self._script.append(True)
        answer = self._script[self._asked]
        self._asked += 1
        self.probability *= probability if answer else 1 - probability
        return answer

    def next_script(self) -> list[bool] | None:
        """Return the script for the next walk, the last "yes" turned into "no"; None when all were walked."""
        script = self._script[: self._asked]
        while script and not script[-1]:
            script.pop()
        return [*script[:-1], False] if script else None
