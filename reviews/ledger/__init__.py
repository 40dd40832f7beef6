"""Reading the ledgers bureaus keep in Excel: one import engine for every record kind."""
