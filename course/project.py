"""Where the project is: the folder with source/, release/ and nbgrader_config.py."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
