"""From a lesson's text to a graded notebook: build, release, autograde, feedback."""
