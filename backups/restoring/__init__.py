"""A backup becomes an installation again: all of it, or nothing."""
