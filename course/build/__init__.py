"""From the text of a lesson to its two notebooks, `source/` with solutions and `release/` without."""
