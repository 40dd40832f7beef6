"""Pages of changes that wait for a second person, and the changes of accounts and tokens."""
