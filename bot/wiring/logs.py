"""Logs: one line an event, JSON where nobody is looking, ids only; a scrubber takes out what looks like a secret."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog

SECRETS = re.compile(
    r"xox[abeprs]-[\w-]+"  # Slack tokens
    r"|(?:Bearer|Basic)\s+[\w.~+/=-]{8,}"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|https?://[^\s/@:]+:[^\s/@]+@"  # passwords in addresses
    r"|ya29\.[\w.-]+|(?<![\d.])1//[\w-]{16,}|GOCSPX-[\w-]+"  # Google's tokens and client secrets
    r"|https://hooks\.slack\.com/\S+"
    r"|/connect/[\w-]{16,}"
)
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


def scrub(words: str) -> str:
    """The same words with every secret that can be told by its shape taken out."""
    return SECRETS.sub("[secret]", words)


def _extras(_logger: object, _name: str, event: Any) -> Any:
    record = event.get("_record")
    if record is not None:
        event.update({name: value for name, value in vars(record).items() if name not in STANDARD})
    return event


def _scrubbed(_logger: object, _name: str, event: Any) -> Any:
    return {key: scrub(value) if isinstance(value, str) else value for key, value in event.items()}


def set_up(environment: Mapping[str, str]) -> None:
    """Send every log line to standard error: as JSON, or as plain words where a person is watching."""
    is_watched = sys.stderr.isatty() and "NO_COLOR" not in environment
    renderer: Any = structlog.dev.ConsoleRenderer() if is_watched else structlog.processors.JSONRenderer()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _extras,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _scrubbed,
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in (
        "alembic",
        "apscheduler",
        "httpx",
        "httpcore",
        "urllib3",
        "caldav",
        "slack_bolt",
        "slack_sdk",
        "msal",
    ):
        logging.getLogger(noisy).setLevel(logging.ERROR)
