"""`python -m tests.simulated`: the tables of docs/manual/findings.md."""

from tests.simulated.quality import main

main()
