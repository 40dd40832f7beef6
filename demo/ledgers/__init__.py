"""Parts that the demonstration ledgers of all places are made of: draws, rows, forms, workbooks."""
