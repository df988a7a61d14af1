"""Checks what no linter knows: file sizes, links between pages, the generated page of settings, forbidden words."""

import re
import subprocess
import sys
from pathlib import Path

from scripts.write_settings import PAGE, page

ROOT = Path(__file__).parent.parent
LONGEST = 450
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
INDEX_HOSTS = ("pypi" + ".org", "python" + "hosted")


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows, or that lie here in a copy without git."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]
    return [path for pattern in patterns for path in ROOT.rglob(pattern)]


def too_long() -> list[str]:
    """Python files that hold two ideas."""
    lengths = ((path, len(path.read_text().splitlines())) for path in tracked("*.py"))
    return [f"{path.relative_to(ROOT)}: {lines} lines, {LONGEST} at most" for path, lines in lengths if lines > LONGEST]


def broken_links() -> list[str]:
    """Links between pages of this repository that lead nowhere."""
    broken = []
    for path in tracked("*.md"):
        for target, _ in LINK.findall(path.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: there is no {target}")
    return broken


def stale_pages() -> list[str]:
    """Generated pages that differ from what the code says now."""
    return [] if PAGE.is_file() and PAGE.read_text() == page() else [f"{PAGE.relative_to(ROOT)}: run make fix"]


def index_hosts() -> list[str]:
    """Files that name the host of a package index."""
    found = []
    for path in tracked():
        try:
            words = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: names {host}" for host in INDEX_HOSTS if host in words]
    return found


def main() -> int:
    """Say everything that is wrong; 1 if anything is."""
    wrong = [*too_long(), *broken_links(), *stale_pages(), *index_hosts()]
    for line in wrong:
        print(line)
    print("The house is in order." if not wrong else f"{len(wrong)} to mend.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
