"""Marks in bulk: codes, symbols, whole files of labels or of data. Without WeasyPrint, so that workers start fast."""
