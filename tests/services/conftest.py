from tests.worlds import founded_postgres, founded_sqlite, small_world, world

__all__ = ["founded_postgres", "founded_sqlite", "small_world", "world"]
