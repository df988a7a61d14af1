"""Writes docs/reference/settings.md from the list that the code reads."""

from pathlib import Path

from bot.wiring.variables import VARIABLES, Variable

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "settings.md"

HEAD = """# Settings

<!-- Written by scripts/write_settings.py from bot/wiring/variables.py; `make fix` writes it anew. -->

Overlap is set by its environment alone. `overlap run` checks all of it and says everything that is wrong at once.
A platform whose pair of credentials is missing is off; the other one works.

| Variable | What it means | Default |
|---|---|---|
"""


def row(variable: Variable) -> str:
    """One line of the table."""
    means = variable.means + (" **Secret.**" if variable.is_secret else "")
    if variable.example:
        means += f" Example: `{variable.example.replace('|', chr(92) + '|')}`"
    default = "required" if variable.default is None and variable.name in REQUIRED else ""
    default = f"`{variable.default}`" if variable.default else default
    return f"| `{variable.name}` | {means} | {default} |\n"


REQUIRED = {"OVERLAP_KEYS", "OVERLAP_PUBLIC_URL"}


def page() -> str:
    """The whole page."""
    return HEAD + "".join(row(variable) for variable in VARIABLES)


def main() -> None:
    """Write it."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
