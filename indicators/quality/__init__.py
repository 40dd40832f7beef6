"""Data quality (数据质量): records of an area that deserve a second look, found by plain queries."""
