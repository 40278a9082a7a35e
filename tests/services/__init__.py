"""A loopback server that behaves as GitHub, Hugging Face and Papers with Code do."""
