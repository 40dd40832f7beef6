"""Sheets of a workbook beside its figures: duties and tasks."""
