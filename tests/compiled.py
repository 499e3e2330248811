"""Templates are compiled once a worker, not once a test: an application is made anew for nearly every one."""

from functools import cache
from tempfile import TemporaryDirectory

from jinja2 import FileSystemBytecodeCache


@cache
def _folder() -> TemporaryDirectory[str]:
    """Gone at the end: what was compiled for other filters than today's must not be found tomorrow."""
    return TemporaryDirectory(prefix="compiled-templates-")


def compiled() -> FileSystemBytecodeCache:
    """What `jinja_env.bytecode_cache` is set to in tests."""
    return FileSystemBytecodeCache(_folder().name)
