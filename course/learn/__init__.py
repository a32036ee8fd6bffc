"""What a learner says before seeing: predictions that are kept, and questions that come back later."""

from course.learn.predicting import NotPredicted, Prediction, predict
from course.learn.reviewing import review
from course.learn.unwritten import install

__all__ = ["NotPredicted", "Prediction", "predict", "review"]

install()
