"""Preparing and sealing reports, statement by statement, beside another build."""
