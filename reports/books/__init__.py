"""A fund's book (基金账簿): its page, monthly statement, the list of funds, and their API."""
