"""A fund's book: its sums, its lines, and the rows of a list of funds."""
