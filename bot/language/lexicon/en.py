"""English as we understand it: every word the grammar knows, by what it means."""

from datetime import time


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


CALLS = _words("meet /meet overlap")
"""How people address us before they say what they want."""

CONNECT, STATUS, ROOMS, SETTINGS, WHY, HELP = "connect", "status", "rooms", "settings", "why", "help"
COMMAND_FILLERS = _words("my a the calendar calendars account please me of")

WHY_FILLERS = _words(
    "not at on is isn't are aren't no there it these those them this time times slot slots free the a of for"
)
"""What may stand in a question for a reason beside the time that it asks about."""

ABOUT = _words("about re title topic subject")
"""What follows is a title, to the end."""

ME = _words("me myself")

FILLERS = _words(
    "with and for on in the a an please pls thanks meet meeting book schedule find arrange plan set up time times slot "
    "some have us hi hello hey can could you we let's lets"
)
"""Words that change nothing; no negation, no number and nothing about time may ever be one."""

WEEKDAYS = {
    word: number
    for number, words in enumerate(
        ("monday mon", "tuesday tue tues", "wednesday wed weds", "thursday thu thur thurs", "friday fri",
         "saturday sat", "sunday sun")
    )
    for word in words.split()
}  # fmt: skip

MONTHS = {
    word: number
    for number, words in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip

ORDINALS = _words("st nd rd th")

TODAY = _words("today")
TOMORROW = _words("tomorrow tmrw tmr")
NEXT = _words("next")
THIS = _words("this")
WEEK = _words("week")

PARTS = {
    "morning": (time(9), time(12)),
    "afternoon": (time(12), time(17)),
}

AFTER = _words("after from")
BEFORE = _words("before until till")
BETWEEN = _words("between")
TO = _words("and to until till -")
CLOCKS = {"noon": time(12), "midday": time(12)}
MORNING_MARKS = _words("am")
AFTERNOON_MARKS = _words("pm")

HOURS = _words("h hr hrs hour hours")
MINUTES = _words("m min mins minute minutes")
ARTICLES = _words("a an")
HALF, QUARTER, QUARTERS, OF, AND = "half", "quarter", "quarters", "of", "and"

_ONE_TO_TEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {
    **{word: number for number, word in enumerate(_ONE_TO_TEN, start=1)},
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}

_TIME = (*WEEKDAYS, *MONTHS, *TODAY, *TOMORROW, *PARTS, *AFTER, *BEFORE, *BETWEEN, *HOURS, *MINUTES)
TIME_WORDS = frozenset({*(word for word in _TIME if len(word) > 4), "next", "noon", "half", "week"})
"""What a word that we do not know may have been meant to be."""

NEGATIONS = _words("not no except but without never")
NEVER_TITLES = (
    NEGATIONS
    | ABOUT
    | _words(
        "any of or either each every other all weekly daily monthly by at around after before from until since between "
        "week weeks day days month months year optional online room private asap soon now later early late eod lunch "
        "evening tonight weekend"
    )
)
"""Words of a larger grammar than ours: whoever uses one does not name a topic."""
