"""How clusters and their tables show themselves, in a terminal and in a notebook."""
