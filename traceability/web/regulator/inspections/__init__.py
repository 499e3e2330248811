"""Inspections: plans and visits, the visit on a phone, samples with their reports, how many passed."""

from traceability.web.regulator.inspections import plans, rates, samples, visits

__all__ = ["plans", "rates", "samples", "visits"]
