"""Duties: what each debtor owes by which day, and whether it is done. Derived, never stored twice."""
