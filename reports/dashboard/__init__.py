"""One plan at one area on one day, on one screen; every number opens."""
