"""The pages of reports: calendar, single report, editions and their files, public verification."""
