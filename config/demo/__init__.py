"""Demonstrations of the shipped plans: made-up records on real areas, all of them 演示数据."""
