"""Pages of duties (履责事项): calendar, list, matrix, one instance, urging, workbook, desks."""
