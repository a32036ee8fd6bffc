"""The name of what a legend takes."""

from course.plots.svg.lines import Line2D
from course.plots.svg.patches import Patch

Artist = Line2D | Patch
