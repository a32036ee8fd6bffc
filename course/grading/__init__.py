"""From a submission to points, feedback and the gradebook."""
