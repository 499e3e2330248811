"""The demo season: a whole spring of made-up firms, lived day by day through the use cases people use.

It knows the services and nothing of the doors; it writes nothing a person could not have entered.
"""

from traceability.demo.season import EXPECTED, DemoRefused, DemoResult, live, season_year
from traceability.demo.stage import DemoAccount

__all__ = ["EXPECTED", "DemoAccount", "DemoRefused", "DemoResult", "live", "season_year"]
