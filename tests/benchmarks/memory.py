"""The most memory that this process ever held."""

import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak() -> float:
    """In KiB, since the process began to run its own program.

    `ru_maxrss` would be no less than what the process that started it held at that time (getrusage(2) on Linux: it
    outlives execve), so it is asked only where there is no /proc.
    """
    if STATUS.is_file():
        line = next(one for one in STATUS.read_text().splitlines() if one.startswith("VmHWM:"))
        return float(line.split()[1])
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
