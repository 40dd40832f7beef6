"""Other ways to the same numbers."""
