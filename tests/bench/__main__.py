"""Measures, and prints one Markdown table a benchmark: ``python -m tests.bench [NAME...]``."""

import argparse
import sys
from collections.abc import Callable

from tests.bench import import_rows, ui_responsiveness

BENCHMARKS: dict[str, Callable[[], list[str]]] = {
    "import_rows": import_rows.run,
    "ui_responsiveness": ui_responsiveness.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], help="benchmarks to run (all)")
    chosen = parser.parse_args()
    for name in chosen.names or BENCHMARKS:
        for line in BENCHMARKS[name]():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
