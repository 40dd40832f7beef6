"""The file of a backup: its bytes, its parts and its manifest."""
