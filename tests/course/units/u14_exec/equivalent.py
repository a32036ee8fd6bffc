"""Mutants of unit 14's solutions that nobody can tell from the solutions, each with the reason."""

EQUIVALENT = {
    (
        "Demux.feed: if not frame or frame[0] == 255: -> if not frame or frame[0] >= 255:"
    ): "a byte is at most 255",
    (
        "Demux.feed: self.stdout, self.stderr = (self.data[number].decode('utf-8', 'replace') for"
        " number in (1, 2)) -> self.stdout, self.stderr = (self.data[number].decode('utf-8_', 're"
        "place') for number in (1, 2))"
    ): "Python takes it for the same encoding",
    (
        "Demux.exit_code: text = cause.get('message', '') -> text = cause.get('message', '_')"
    ): "neither is a number",
}
