"""The administrator's door: who may sign in, offices, firms, growers and plots. Nothing about tea or marks."""

from traceability.web.admin import firms, gardens, offices, users
from traceability.web.admin.door import bp

__all__ = ["bp", "firms", "gardens", "offices", "users"]
