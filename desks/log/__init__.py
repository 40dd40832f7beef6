"""The audit log for people: its page, and the check of every night."""
