"""Turn a machine-learning paper into a staged reproduction whose gates find bugs."""

__version__ = "0.1.0"
