"""The course as a static site: notebooks that run in the reader's browser, and pages to read.

JupyterLite gives the JupyterLab, Pyodide the Python.  The browser loads nothing from elsewhere: everything it
needs is in one folder, which any server of files can serve.
"""
