"""What a plan asks of reports: checked in its file, and shown on its page."""
