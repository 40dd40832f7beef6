"""Duties as stored series: their events, and which records change them."""
