"""The pages of reports: calendar, a report with what is done about it, editions and their files."""
