from tests.worlds import small_world, world, worlds_on

__all__ = ["small_world", "world", "worlds_on"]
