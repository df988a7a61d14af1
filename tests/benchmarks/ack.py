"""The ack: from the last byte of a signed slash command to Slack's 200, over loopback, with the row on the disk."""

import hashlib
import hmac
import http.client
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bot.playground.process import free_port
from tests.benchmarks.house import SECRET
from tests.benchmarks.rows import Row

WARM_UP = 40
ROUNDS, REQUESTS = 12, 100
PATIENCE = 60.0

Round = dict[str, float]
"""The median of each in one round, in seconds."""


def rows() -> list[Row]:
    """The medians of the quietest round, after both were seen to have kept every command.

    A neighbour on the machine costs us time and not Bolt, which sleeps most of its own; so it is asked in rounds, and
    the one counts in which both together were quickest.
    """
    with server("ours") as (ours, our_file), server("bolt") as (theirs, their_file):
        connections = {"ours": ours, "bolt": theirs}
        asked_in_turn(connections, range(WARM_UP))
        rounds = [range(start, start + REQUESTS) for start in range(WARM_UP, WARM_UP + ROUNDS * REQUESTS, REQUESTS)]
        quietest = min((asked_in_turn(connections, one) for one in rounds), key=lambda took: sum(took.values()))
        if kept(our_file) != kept(their_file) or kept(our_file) != WARM_UP + ROUNDS * REQUESTS:
            raise AssertionError("the two did not keep the same rows")
    mine, default = quietest["ours"] * 1000, quietest["bolt"] * 1000
    return [
        Row(name="ack p50, against Bolt's default AsyncApp", value=mine / default, unit="×", goal=0.2),
        Row(name="ack p50, wall", value=mine, unit="ms"),
        Row(name="ack p50 of Bolt's default, wall", value=default, unit="ms"),
    ]


def asked_in_turn(connections: dict[str, http.client.HTTPConnection], numbers: range) -> Round:
    """One round: each is sent the commands of these numbers, now this one first, now the other."""
    times: dict[str, list[float]] = {name: [] for name in connections}
    for number in numbers:
        pair = list(connections.items())
        for name, connection in pair if number % 2 else reversed(pair):
            times[name].append(ask(connection, number))
    return {name: statistics.median(took) for name, took in times.items()}


@contextmanager
def server(name: str) -> Iterator[tuple[http.client.HTTPConnection, Path]]:
    """One of the two, in a process and with a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.servers", name, folder, str(port)])
        try:
            yield opened(port), Path(folder) / "overlap.sqlite3"
        finally:
            process.terminate()
            process.wait()


def opened(port: int) -> http.client.HTTPConnection:
    """A connection that stays open, once somebody listens."""
    until = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return connection


def ask(connection: http.client.HTTPConnection, number: int) -> float:
    """Send one signed command; seconds until its 200 was read."""
    body = urlencode(
        {
            "command": "/meet", "text": f"<@U2|alex> 30m next week {number}", "user_id": "U1", "team_id": "T1",
            "channel_id": "C1", "response_url": "https://hooks.example/1", "trigger_id": "1.2.3", "api_app_id": "A1",
        }
    ).encode()  # fmt: skip
    stamp = str(int(time.time()))
    signature = "v0=" + hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }
    began = time.perf_counter()
    connection.request("POST", "/slack/events", body, headers)
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise AssertionError(f"the ack was {answer.status}")
    return took


def kept(file: Path) -> int:
    """How many commands that database holds."""
    with sqlite3.connect(file) as connection:
        count: int = connection.execute("select count(*) from incoming").fetchone()[0]
        return count
