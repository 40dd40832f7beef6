"""The API of plans and figures: who asks for what, and records that only figures need."""
