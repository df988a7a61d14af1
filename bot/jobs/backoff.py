"""How long to wait before trying again: exponential with jitter, the service's own word as a floor."""

import random
from datetime import timedelta

BASE = timedelta(seconds=1)
CAP = timedelta(minutes=10)


def wait(attempts: int, *, floor: timedelta | None = None, cap: timedelta = CAP) -> timedelta:
    """After that many failures: by chance the upper half of 1 s, 2 s, 4 s … up to `cap`, but at least `floor`."""
    most = min(cap, BASE * float(1 << min(attempts, 16)))
    chosen = most * random.uniform(0.5, 1.0)
    return max(chosen, floor or timedelta(0))
