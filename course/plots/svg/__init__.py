"""The pictures' drawing library: SVG in plain Python, the same bytes on every machine and in a browser.

It has matplotlib's names for the forty calls that the course's pictures use, and nothing else.  matplotlib
itself is eight packages with what it needs, has compiled parts, which a page cannot load without a network,
and takes half a second of a processor for its first picture (`python -m benchmarks.pictures`).
"""
