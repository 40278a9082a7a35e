"""Settings of the documentation: `python -m sphinx -W -b html docs docs/_build`."""

project = "reprokit"
author = "The reprokit authors"
copyright = "2026, The reprokit authors"  # noqa: A001  the name that Sphinx reads
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "reprokit"
myst_heading_anchors = 3
