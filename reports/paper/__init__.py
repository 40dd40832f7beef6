"""The papers of an edition: its workbook, and its Word document with preview and PDF."""
