"""Encrypted columns as they are stored: rewriting them, and what is wrong with them or their keys."""
