"""The schema of a report's documents: what a draft and an edition hold, and how both are stored."""
