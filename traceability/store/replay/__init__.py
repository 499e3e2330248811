"""The tables against the log: which tables the facts speak of, and their rows as they stand."""
