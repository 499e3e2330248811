"""The public door: pages of a mark, a product and a lot, and a form to type a code. No sign-in, session or script."""

from traceability.web.public import doubts, looking, resolving, slips, typing
from traceability.web.public.door import bp

__all__ = ["bp", "doubts", "looking", "resolving", "slips", "typing"]
