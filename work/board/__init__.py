"""The board of tasks: its lines and cells, the page of one cell, and the workbook."""
