"""The public door: pages of a mark, a product and a lot, and a form to type a code. No sign-in, session or script."""

from traceability.web.public import authorised, doubts, looking, resolving, slips, transparency, typing
from traceability.web.public.door import bp

__all__ = ["authorised", "bp", "doubts", "looking", "resolving", "slips", "transparency", "typing"]
