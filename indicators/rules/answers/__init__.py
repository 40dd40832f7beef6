"""The results of counting rules: figures, lines, values, shortfalls and records."""
