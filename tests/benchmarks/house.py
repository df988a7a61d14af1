"""The environment that the benchmarks run the house in."""

import base64
from pathlib import Path

SECRET = "a-signing-secret"


def environment(folder: Path, port: int = 8000) -> dict[str, str]:
    """Both platforms on, everything in `folder`."""
    return {
        "OVERLAP_DATABASE_URL": f"sqlite:///{folder}/overlap.sqlite3",
        "OVERLAP_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
        "OVERLAP_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OVERLAP_SLACK_SIGNING_SECRET": SECRET,
        "OVERLAP_SLACK_BOT_TOKEN": "xoxb-bench",
        "OVERLAP_TEAMS_APP_ID": "app",
        "OVERLAP_TEAMS_APP_PASSWORD": "password",
    }
