"""`make bench`: every figure, in a table and in build/bench.json; 1 when a goal does not hold."""

import sys

from tests.benchmarks import ack, google_page, ingest, startup, unchanged
from tests.benchmarks.rows import report


def main() -> int:
    """Measure everything."""
    return 0 if report([*ack.rows(), *google_page.rows(), *ingest.rows(), *unchanged.rows(), *startup.rows()]) else 1


if __name__ == "__main__":
    sys.exit(main())
