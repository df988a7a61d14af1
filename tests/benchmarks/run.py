"""`make bench`: every figure, in a table and in build/bench.json; 1 when a goal does not hold."""

import sys

from tests.benchmarks import ack, google_page, ingest, loading, search, startup, unchanged
from tests.benchmarks.rows import report


def main() -> int:
    """Measure everything."""
    parts = (ack, google_page, ingest, search, loading, unchanged, startup)
    return 0 if report([row for part in parts for row in part.rows()]) else 1


if __name__ == "__main__":
    sys.exit(main())
