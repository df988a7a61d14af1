"""How each person wants to be scheduled: one row a person, and none for whoever never chose anything.

Weekly hours and zone are kept with the person (`people.set_hours`); everything else is here.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.core.ids import PersonId, TenantId
from bot.core.preferences import Preferences
from bot.core.reasons import WhoseHours
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules, WorkingHours
from bot.storage import mirror
from bot.storage.choices import RULES, choices_kept, choices_read
from bot.storage.database import Tx
from bot.storage.people import PEOPLE, hours_of, set_hours

_CAPS = ("meetings_a_day", "minutes_a_day", "meetings_a_week", "minutes_a_week")


def of(tx: Tx, tenant: TenantId, people: Collection[PersonId]) -> Mapping[PersonId, Preferences]:
    """What each of these people chose, in one statement; whoever is not known is not there."""
    found = (
        select(PEOPLE.c.id, PEOPLE.c.zone, PEOPLE.c.hours, RULES.c.kept)
        .outerjoin(RULES, (RULES.c.tenant == PEOPLE.c.tenant) & (RULES.c.person == PEOPLE.c.id))
        .where(PEOPLE.c.tenant == tenant, PEOPLE.c.id.in_(people))
    )
    return {PersonId(row.id): _preferences(hours_of(row.zone, row.hours), row.kept) for row in tx.execute(found)}


def save(tx: Tx, tenant: TenantId, person: PersonId, wanted: Preferences) -> None:
    """From now on these are theirs; their weekly hours and their zone, too, and what counts as busy for them."""
    before = of(tx, tenant, (person,)).get(person)
    if wanted.rules.days is not None:
        set_hours(tx, tenant, person, WorkingHours(wanted.rules.zone, wanted.rules.days))
    kept = json.dumps(_kept(wanted), separators=(",", ":"))
    row = insert(RULES).values(tenant=tenant, person=person, kept=kept)
    tx.execute(row.on_conflict_do_update(index_elements=["tenant", "person"], set_={"kept": kept}))
    if before is None or before.choices != wanted.choices:
        mirror.weigh_anew(tx, tenant, person)


def _preferences(hours: WorkingHours, kept: str | None) -> Preferences:
    theirs = Preferences(rules=Rules.of(hours))
    return theirs if kept is None else _read(theirs, json.loads(kept))


def _kept(wanted: Preferences) -> dict[str, Any]:
    rules = wanted.rules
    return {
        "overrides": [[one.day.isoformat(), _spans(one.spans)] for one in rules.overrides],
        "away": [[one.first.isoformat(), one.last.isoformat(), one.zone] for one in rules.away],
        "before": _minutes(rules.before),
        "after": _minutes(rules.after),
        "notice": _minutes(rules.notice),
        "caps": [getattr(rules.caps, name) for name in _CAPS],
        "week_start": rules.week_start,
        "lunch": None if rules.lunch is None else [_span(rules.lunch.span), rules.lunch.minutes],
        "outside": None if rules.outside is None else _minutes(rules.outside),
        "choices": choices_kept(wanted.choices),
        "step": _minutes(wanted.step),
        "whose_hours": wanted.whose_hours,
        "title": wanted.title,
        "link": wanted.link,
        "quiet": None if wanted.quiet is None else _span(wanted.quiet),
    }


def _read(theirs: Preferences, kept: dict[str, Any]) -> Preferences:
    rules = replace(
        theirs.rules,
        overrides=tuple(Override(date.fromisoformat(day), _spans_read(spans)) for day, spans in kept["overrides"]),
        away=tuple(
            Away(date.fromisoformat(first), date.fromisoformat(last), zone) for first, last, zone in kept["away"]
        ),
        before=timedelta(minutes=kept["before"]),
        after=timedelta(minutes=kept["after"]),
        notice=timedelta(minutes=kept["notice"]),
        caps=Caps(**dict(zip(_CAPS, kept["caps"], strict=True))),
        week_start=kept["week_start"],
        lunch=None if kept["lunch"] is None else Lunch(_span_read(kept["lunch"][0]), kept["lunch"][1]),
        outside=None if kept["outside"] is None else timedelta(minutes=kept["outside"]),
    )
    return Preferences(
        rules=rules,
        choices=choices_read(kept),
        step=timedelta(minutes=kept["step"]),
        whose_hours=WhoseHours(kept["whose_hours"]),
        title=kept["title"],
        link=kept["link"],
        quiet=None if kept["quiet"] is None else _span_read(kept["quiet"]),
    )


def _minutes(lasting: timedelta) -> int:
    return round(lasting.total_seconds() / 60)


def _span(span: DaySpan) -> list[str]:
    return [f"{span.start:%H:%M}", f"{span.end:%H:%M}"]


def _span_read(kept: list[str]) -> DaySpan:
    return DaySpan(time.fromisoformat(kept[0]), time.fromisoformat(kept[1]))


def _spans(spans: Collection[DaySpan]) -> list[list[str]]:
    return [_span(one) for one in spans]


def _spans_read(kept: list[list[str]]) -> tuple[DaySpan, ...]:
    return tuple(_span_read(one) for one in kept)
