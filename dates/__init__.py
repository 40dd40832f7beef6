"""Calendar arithmetic: months, periods, due days, days off, and dates as Chinese text. No Django."""
