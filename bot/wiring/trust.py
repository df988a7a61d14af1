"""Whom we trust to vouch for a server."""

import ssl
from pathlib import Path


def trust(ca_file: Path | None) -> ssl.SSLContext | None:
    """What the usual authorities vouch for, and the operator's own; None where there is nothing to add."""
    if ca_file is None:
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(ca_file)
    return context
