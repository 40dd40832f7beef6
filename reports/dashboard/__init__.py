"""The dashboard: one plan for one area on one day; every number links to its details."""
