"""Callers of the API: integration accounts, their tokens, the request rate and repeated requests."""
