"""Which of the repositories that were found are a paper's code: how good, and whose."""
