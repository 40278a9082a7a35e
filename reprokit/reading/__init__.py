"""From what people wrote to facts; pure."""
