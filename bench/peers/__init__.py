"""Other programs that count the same figures."""
