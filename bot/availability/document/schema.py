"""The document's JSON Schema, made from the types that read it."""

import json

import msgspec

from bot.availability.document.world import MOST_PEOPLE, World

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> str:
    """As it stands in the reference, with a line break at its end."""
    made = msgspec.json.schema(World)
    made["$defs"]["World"]["properties"]["people"] |= {"minItems": 1, "maxItems": MOST_PEOPLE}
    told = {"$schema": DIALECT, "title": "What overlap slots is asked", **made}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
