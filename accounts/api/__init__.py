"""Who calls the API: integrations with their tokens, how often they may, and what they sent twice."""
