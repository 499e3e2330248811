"""The long lists of the desk: what each shows, and its page. How lists work is in `web.listing`."""

from traceability.web.enterprise.lists import ground, marks, moving, tea

__all__ = ["ground", "marks", "moving", "tea"]
