"""The API of plans and figures."""
