"""What a learner meets in JupyterLab: Validate, Submit, the way in."""
