"""The pictures of unit 11."""

from course.units.u11_services.plots.flips import plot_flips
from course.units.u11_services.plots.life import Life, plot_life
from course.units.u11_services.plots.slices import played, plot_slices

__all__ = ["Life", "played", "plot_flips", "plot_life", "plot_slices"]
