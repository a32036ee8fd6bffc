"""The units, a room each: the text of the notebook, its checks and their cases, its pictures."""
