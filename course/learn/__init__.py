"""What a learner says before seeing: predictions that are kept, and questions that come back later."""

import sys

from course.learn.predicting import NotPredicted, Prediction, predict
from course.learn.reviewing import review
from course.learn.unwritten import install

__all__ = ["NotPredicted", "Prediction", "predict", "review"]

install()
if sys.platform == "emscripten":
    from course.learn import page

    page.begin()
