"""Ledgers that people ask for and figures that come by themselves: files made by a worker."""
