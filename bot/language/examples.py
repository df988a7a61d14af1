"""What to say to somebody we did not understand: what we did read, and their own request made right."""

from collections.abc import Iterator

from bot.core.requests import Named, Source
from bot.language import when
from bot.language.heard import Heard
from bot.language.lexicon import en
from bot.language.tokens import tokens
from bot.language.trouble import Code, Trouble

QUOTE = 40
"""So much of their own words is quoted."""
SOMEBODY = "@alex"
SHORT_LENGTH = "30m"
SOME_TIME = "next week"
FEW = 3
TITLE_WORDS = 2


def quoted(words: str) -> str:
    """Their own words, at most forty characters."""
    return words if len(words) <= QUOTE else f"{words[: QUOTE - 1].rstrip()}…"


def understood(heard: Heard) -> str:
    """30m with @alex next week; nothing where nothing was."""
    people = f"with {_listed(heard.people)}" if heard.people else ""
    title = f"about “{quoted(heard.title)}”" if heard.title else ""
    return " ".join(part for part in (heard.length_words, people, heard.when_words, title) if part)


def people(heard: Heard) -> str:
    """Those they named by name, or somebody."""
    return " ".join([one.shown for one in heard.people if _is_shown(one)][:FEW]) or SOMEBODY


def attempts(heard: Heard, trouble: Trouble) -> Iterator[str]:
    """Their request made right, after its people: the first attempt keeps most of it, the last is always right."""
    length = heard.lengths[0] if heard.lengths else None
    long = length[1] if length and length[0].is_possible else SHORT_LENGTH
    about = f"about {quoted(heard.title).rstrip('…')}" if heard.title else ""
    whens = [trouble.instead, when.words_of(heard.when), when.words_of(heard.when[:1])]
    if trouble.code is Code.NOT_UNDERSTOOD:
        whens = whens[2:] if _is_negated(trouble.words) else [f"{whens[1]} {trouble.hint}", *whens[1:]]
        if (topic := _as_title(heard, trouble)) and not about:
            yield f"{long} {whens[0].strip() or SOME_TIME} about {topic}"
    for when_words in (*(one.strip() for one in whens if one.strip()), SOME_TIME):
        yield f"{long} {when_words} {about}".strip()
    yield f"{SHORT_LENGTH} {SOME_TIME}"


def healed(words: str) -> str:
    """The words with each slip in a time word made right, if all of it can then be read; nothing otherwise."""
    right = [_nearest(word) or word for word in words.split()]
    whole = " ".join(right)
    return whole if right != words.split() and _is_about_when(whole) else ""


def _is_about_when(words: str) -> bool:
    line, at = tokens(words), 0
    while at < len(line) and (found := when.read(line, at)) is not None:
        at = found[1]
    return at == len(line)


def _is_negated(words: str) -> bool:
    return not en.NEGATIONS.isdisjoint(words.casefold().split())


def _as_title(heard: Heard, trouble: Trouble) -> str:
    """One or two plain words that were left over could be a topic."""
    words = trouble.words.casefold().split()
    is_plain = all(word.isalpha() for word in words) and en.NEVER_TITLES.isdisjoint(words)
    is_alone = len(heard.missed) == 1 and not trouble.hint
    return trouble.words if is_plain and is_alone and len(words) <= TITLE_WORDS else ""


def _is_shown(one: Named) -> bool:
    """Whether it is a name: a platform may give a bare id, which nobody typed."""
    return one.source is not Source.ME and not (one.source is Source.MENTION and one.shown == f"@{one.value}")


def _listed(named: list[Named]) -> str:
    """@alex, @sam and 2 others."""
    shown = [one.shown for one in named if one.source is Source.ME or _is_shown(one)][:FEW]
    more = len(named) - len(shown)
    if not shown:
        return "1 person" if more == 1 else f"{more} people"
    return ", ".join(shown) + (f" and {more} other{'s' if more > 1 else ''}" if more else "")


def _nearest(word: str) -> str:
    """The time word that this word is a slip of: one slip, or two in a long word."""
    folded = word.casefold().strip(".,;:!?")
    if len(folded) < 4 or len(folded) > 12:
        return ""
    slips = 2 if len(folded) >= 8 else 1
    close = [(_slips(folded, known, slips), known) for known in sorted(en.TIME_WORDS)]
    best = min(close)
    return best[1] if 0 < best[0] <= slips else ""


def _slips(one: str, other: str, most: int) -> int:
    """How many letters were added, left out, changed or swapped (optimal string alignment); `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, start=1):
        now = [i]
        for j, theirs in enumerate(other, start=1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (mine != theirs))
            if i > 1 and j > 1 and mine == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, row = row, now
    return row[-1]
