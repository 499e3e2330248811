"""The public door: a mark's page, and a form to type its code. No sign-in, no session, no script."""

from traceability.web.public import looking, typing
from traceability.web.public.door import bp

__all__ = ["bp", "looking", "typing"]
