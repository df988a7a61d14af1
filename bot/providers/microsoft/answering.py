"""Answering an invitation for its owner: their organiser hears of it from Exchange.

https://learn.microsoft.com/graph/api/event-accept
"""

from bot.core.errors import InvalidInput, NotFound
from bot.core.events import Response
from bot.providers.base import Remote
from bot.providers.microsoft.api import Graph, Misunderstood
from bot.providers.microsoft.reading import event_path, found_by_ical_uid, found_by_uid

_VERBS = {
    Response.ACCEPTED: ("accept", "accepted"),
    Response.DECLINED: ("decline", "declined"),
    Response.TENTATIVE: ("tentativelyAccept", "tentativelyAccepted"),
}


def answer(graph: Graph, remote: Remote, uid: str, response: Response) -> None:
    """Says it once: an answer that stands already is not sent again."""
    if response not in _VERBS:
        raise InvalidInput("An invitation is accepted, declined, or accepted tentatively.")
    verb, stands = _VERBS[response]
    found = found_by_ical_uid(graph, remote, uid) or found_by_uid(graph, remote, uid)
    if found is None or found.is_organizer or found.is_cancelled:
        raise NotFound("This invitation is not there (any more).")
    if found.answer == stands:
        return
    try:
        graph.act(f"{event_path(found.id)}/{verb}", {"sendResponse": True})
    except Misunderstood as error:
        raise NotFound("This is no invitation that could be answered.") from error
