"""`python -m tests.bench [NAME …]`: one JSON line per case, on standard output and nothing else there."""

import importlib
import json
import sys
from pathlib import Path


def names() -> list[str]:
    return sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py"))


def main(only: list[str]) -> int:
    if strange := set(only) - set(names()):
        print(
            f"no such benchmark: {', '.join(sorted(strange))}; there is: {', '.join(names())}",
            file=sys.stderr,
        )
        return 2
    for name in only or names():
        for case in importlib.import_module(f"tests.bench.bench_{name}").run():
            print(json.dumps(case, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
