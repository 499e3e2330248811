"""The press: print jobs of the ledger made into files, by as many processes as there are cores.

`worker` is what every process runs and loads little; `press` knows the ledger and the designs.
"""
