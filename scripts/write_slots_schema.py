"""Writes docs/reference/slots.schema.json from the types that `overlap slots` reads."""

from pathlib import Path

from bot.availability.document.schema import schema

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "slots.schema.json"


def page() -> str:
    """The whole file."""
    return schema()


def main() -> None:
    """Write it."""
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
