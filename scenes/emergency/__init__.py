"""How the areas of a place are prepared for emergencies: their plans, stock and drills."""
