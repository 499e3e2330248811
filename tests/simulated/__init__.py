"""A made-up spring of honest and fraudulent firms, to measure findings on (docs/manual/findings.md)."""
