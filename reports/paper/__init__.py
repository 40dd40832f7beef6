"""What is printed: the workbook and the Word document of an edition."""
