"""What a counting rule answers with: figures, lines, values, shortfalls and records."""
