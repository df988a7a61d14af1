"""What we answer to a request that we did not understand: what we read, what we did not, and one example that works."""

from bot.core.text import Code as Typed
from bot.core.text import Text, say
from bot.language.parse import Unclear
from bot.language.trouble import Code


def unclear(answer: Unclear) -> Text:
    """Two or three short sentences, never blaming; their own words are quoted, the example can be copied."""
    return say(*_sentences(answer), " Try: ", Typed(answer.example))


def _sentences(answer: Unclear) -> tuple[str, ...]:
    missed, hint = f"“{answer.missed}”", answer.hint
    match answer.code:
        case Code.NOT_UNDERSTOOD:
            read = (
                f"I read “{answer.understood}”, but not {missed}." if answer.understood else f"I can't read {missed}."
            )
            return read, f" Did you mean {hint}?" if hint else ""
        case Code.NO_PARTICIPANTS:
            return ("Who should join? Name somebody with @, or by e-mail address.",)
        case Code.TOO_LONG | Code.TOO_MANY_PARTICIPANTS:
            return (f"That is {hint}.",)
        case Code.INVALID_DATE:
            return f"There is no {missed}.", f" Did you mean {hint}?" if hint else ""
        case Code.AMBIGUOUS_DATE:
            return (f"{missed} could be {hint}.",)
        case Code.CONFLICTING_DATE:
            return (f"{missed} does not fit together: that date is {hint}.",)
        case Code.SEVERAL_DAYS:
            return (f"I look at one day or one week at a time, and {missed} names several.",)
        case Code.NO_HOURS:
            return (f"No hour of the day is in all of {missed}.",)
        case Code.IN_PAST:
            return (f"{missed} has passed: {hint}.",)
        case Code.INVALID_DURATION:
            return (f"{missed} is no length that I can book: a meeting takes 5 minutes to 12 hours.",)
        case Code.CONFLICTING_DURATION:
            return (f"You gave {missed}. Which one?",)
        case Code.WINDOW_TOO_SHORT:
            return (f"{missed} is shorter than the meeting.",)
