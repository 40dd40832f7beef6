"""Parts of a report beside its figures: what was owed by a day (duties), what was to be done (tasks)."""
