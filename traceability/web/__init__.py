"""Doors: HTTP in, HTTP out, no rules. A view reads the request, calls one use case, answers."""
