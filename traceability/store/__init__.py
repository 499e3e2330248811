"""Rows: the only place that speaks SQLAlchemy. Takes and gives domain values; rows never leave."""
