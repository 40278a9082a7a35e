"""What a repository's files say: read as text, never run."""
