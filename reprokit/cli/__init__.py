"""One module a command: parse, call, render, exit code. The only place that prints or exits."""
