"""Ledgers exported on request and monthly workbooks of figures: files made by a worker."""
