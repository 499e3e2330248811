"""The public door itself: no sign-in, no session, no script."""

from flask import Blueprint

bp = Blueprint("public", __name__)
