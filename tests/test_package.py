"""The package as it is installed elsewhere: what lies beside `bot/` in the repository is within it there."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_holds_the_manifests_and_what_the_pages_are_made_of(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    within = set(zipfile.ZipFile(wheel).namelist())
    kept = {path.relative_to(ROOT) for path in (ROOT / "manifests").rglob("*") if path.is_file()}
    assert {f"bot/{path.as_posix()}" for path in kept} <= within
    assert {"bot/web/static/overlap.css", "bot/web/templates/base.html", "bot/py.typed"} <= within
    assert not any(name.startswith(("manifests/", "tests/")) for name in within)
