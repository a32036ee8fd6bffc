"""A command's standard input: what was sent and nobody has read, line by line or as it comes.

On a terminal what is typed is echoed, Enter ends a line, Ctrl-C interrupts and Ctrl-D ends the input.
"""

from collections.abc import Callable

Reader = Callable[[str | None], object]


class Stdin:
    """What was sent; `echo` is given what a terminal shows, `interrupt` is called on Ctrl-C."""

    def __init__(self, *, tty: bool, echo: Callable[[str], object], interrupt: Callable[[], object]) -> None:
        self.is_at_end = False
        self._tty, self._echo, self._interrupt = tty, echo, interrupt
        self._typed = ""
        self._reader: Reader | None = None
        self._taker: Callable[[str], bool] | None = None
        self._stopped = self._is_reading = False

    @property
    def unread(self) -> int:
        """How many characters nobody has read yet."""
        return len(self._typed)

    def feed(self, text: str) -> None:
        """Take what the client sent."""
        if not self._tty:
            self._typed += text
            self._read_on()
            return
        for character in text:
            if self._stopped:
                return
            if character == "\x03":
                self._interrupt()
            elif character == "\x04":
                if not self._typed:
                    self.close()
            else:
                self._type("\n" if character == "\r" else character)

    def close(self) -> None:
        """Say that nothing more is to be read."""
        self.is_at_end = True
        self._read_on()

    def stop(self) -> None:
        """Let nobody read any more."""
        self._stopped = True
        self._typed, self._reader, self._taker = "", None, None

    def line(self, reader: Reader) -> None:
        """Call `reader` with the next line, with None at the end of the input."""
        self._reader = reader
        self._read_on()

    def all(self, taker: Callable[[str], bool]) -> None:
        """Give all that comes to `taker`, until that says that it has enough; at the end "" comes."""
        self._taker = taker
        self._read_on()

    def _type(self, character: str) -> None:
        self._typed += character
        self._echo(character)
        if character == "\n":
            self._read_on()

    def _read_on(self) -> None:
        """Hand on what there is to whoever waits; a reader that asks again is served when it has returned."""
        if self._is_reading:
            return
        self._is_reading = True
        try:
            while self._hand_all() or self._hand_line():
                pass
        finally:
            self._is_reading = False

    def _hand_all(self) -> bool:
        """Give all that came to the taker; tell whether there was something to give."""
        if self._taker is None or not (self._typed or self.is_at_end):
            return False
        text, self._typed = self._typed, ""
        taker, self._taker = self._taker, None
        if not taker(text) and (text or not self.is_at_end):
            self._taker = taker
        return True

    def _hand_line(self) -> bool:
        """Give the next complete line to the reader, at the end of the input the rest."""
        line, mark, rest = self._typed.partition("\n")
        if self._reader is None or not (mark or self.is_at_end):
            return False
        self._typed = rest
        reader, self._reader = self._reader, None
        reader(line + mark or None)
        return True
