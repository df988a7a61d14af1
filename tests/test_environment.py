"""The environment is the one that the lock file tells, and nothing in it was overwritten."""

import importlib.metadata
import importlib.util
import re
from pathlib import Path

import urllib3

LOCK = (Path(__file__).parent.parent / "requirements.lock").read_text()
PINS = dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", LOCK, re.MULTILINE))


def test_the_urllib3_that_runs_is_the_one_that_is_locked() -> None:
    assert urllib3.__version__ == PINS["urllib3"] == importlib.metadata.version("urllib3")


def test_niquests_is_neither_locked_nor_installed() -> None:
    assert "niquests" not in PINS
    assert importlib.util.find_spec("niquests") is None


def test_every_locked_package_has_a_hash_and_no_address_is_named() -> None:
    entries = re.split(r"^(?=[a-z0-9][\w.-]*==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(re.findall(r"^[a-z0-9][\w.-]*==", LOCK, re.MULTILINE))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK


def test_the_packages_that_must_be_there_are() -> None:
    wanted = {
        "slack-bolt", "botbuilder-core", "caldav", "icalendar", "google-api-python-client", "msal", "sqlalchemy",
        "apscheduler", "pytest",
    }  # fmt: skip
    assert wanted <= PINS.keys()
