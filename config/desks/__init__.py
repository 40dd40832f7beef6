"""The desk of each role: what is to do, derived from the state of things and never stored."""
