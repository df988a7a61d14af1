"""Text as a grammar can read it: one form for what looks alike, nothing that is invisible or turns lines around."""

import re
import unicodedata

from bot.core.requests import PLACEHOLDER

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_MARKS_IN_A_ROW = 2
"""Real scripts stack no more; what stacks more ("zalgo") is noise that climbs over its neighbours."""

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#39;": "'", "&nbsp;": " "}
_ENTITY = re.compile("|".join(_ENTITIES))


def clean(text: str) -> str:
    """NFKC, without control, format and stacked combining characters, curly quotes and dashes made plain, one space."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in ("Cc", "Zl", "Zp") or char.isspace():
            kept.append(" ")
        elif category[0] != "C" and marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return " ".join("".join(kept).translate(_FOLDED).split())


def without_placeholders(text: str) -> str:
    """The text, no character of which can be taken for a person we put there."""
    return text.replace(PLACEHOLDER, " ")


def unescaped(text: str) -> str:
    """HTML entities undone once: `&amp;lt;` was typed as `&lt;`."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)
