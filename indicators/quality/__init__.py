"""Data quality (数据质量): what in an area's records deserves a second look, by plain queries."""
