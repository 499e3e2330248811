"""The log of facts: what it says held against what the tables hold."""
