"""`python -m traceability.cli`: the same as the `traceability` script."""

from traceability.cli import main

main()
