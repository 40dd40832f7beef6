"""The schema of a report's documents: the content of drafts and editions, and its storage."""
