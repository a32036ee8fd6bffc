"""What a learner says before seeing: predictions that are kept, and questions that come back later."""

import os
import sys
from pathlib import Path

from course.learn.predicting import NotPredicted, Prediction, predict
from course.learn.reviewing import review
from course.learn.unwritten import install

__all__ = ["NotPredicted", "Prediction", "predict", "review"]

install()
if os.environ.get("COURSE_BACKEND", "embedded") != "embedded":
    from course.learn import backend

    backend.heed(Path.cwd())
if sys.platform == "emscripten":
    from course.learn import page

    page.begin()
