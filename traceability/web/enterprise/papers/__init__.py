"""Papers people ask for, as PDF and as XLSX: stage ledger, dossier of a lot, delivery note, season summary.

Each is a function from what the pages read to one value, `Paper`; how that is drawn and written is in `formats.papers`.
"""

from traceability.web.enterprise.papers import dossier, ledger, note, season

__all__ = ["dossier", "ledger", "note", "season"]
