"""渝中区 2026: the richest demonstration, with every record kind."""

#: Code of 渝中区.
ROOT = "500103"
