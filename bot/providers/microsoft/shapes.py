"""What Graph tells, as far as we read it; everything else it says is passed over.

https://learn.microsoft.com/graph/api/resources/event
"""

from datetime import UTC, date, datetime
from typing import Generic, TypeVar

from msgspec import Struct, field

from bot.core.errors import InvalidInput, NotACalendar
from bot.core.zones import WallTime
from bot.providers.ical.zones import known

T = TypeVar("T")
NEVER = "0001-01-01"
"""How Exchange writes "at no time"."""


class Page(Struct, Generic[T]):
    """One page of a collection."""

    value: list[T]
    next: str | None = field(default=None, name="@odata.nextLink")
    delta: str | None = field(default=None, name="@odata.deltaLink")


class Nothing(Struct):
    """An answer of which nothing is read."""


class At(Struct, rename="camel"):
    """A `dateTimeTimeZone`: seven digits of a second, and no offset."""

    date_time: str
    time_zone: str = "UTC"

    @property
    def instant(self) -> datetime:
        try:
            told = datetime.fromisoformat(self.date_time.removesuffix("Z")[:26])
        except ValueError as error:
            raise NotACalendar("Microsoft told a time that is none.") from error
        if self.time_zone == "UTC":
            return told.replace(tzinfo=UTC, microsecond=0)
        zone = known(self.time_zone)
        if zone is None:
            raise NotACalendar("Microsoft told a time in a zone that nothing explains.")
        try:
            return WallTime(told.date(), told.time().replace(microsecond=0), zone).instant()
        except OverflowError as error:
            raise NotACalendar("Microsoft told a time that no clock reaches.") from error

    @property
    def day(self) -> date:
        """The date part, which is all that a whole day has."""
        try:
            return date.fromisoformat(self.date_time[:10])
        except ValueError as error:
            raise NotACalendar("Microsoft told a date that is none.") from error


def instant(told: str | None) -> datetime | None:
    """A `DateTimeOffset`; None where there is none, or the one that means none."""
    if told is None or told.startswith(NEVER):
        return None
    try:
        return datetime.fromisoformat(told).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError, InvalidInput) as error:
        raise NotACalendar("Microsoft told an instant that is none.") from error


class EmailAddress(Struct):
    address: str | None = None
    name: str | None = None


class Answered(Struct):
    response: str | None = None


class Attendee(Struct, rename="camel"):
    email_address: EmailAddress = field(default_factory=EmailAddress)
    type: str | None = None
    status: Answered | None = None


class Body(Struct, rename="camel"):
    content_type: str = "html"
    content: str = ""


class Location(Struct, rename="camel"):
    display_name: str | None = None


class OnlineMeeting(Struct, rename="camel"):
    join_url: str | None = None


class Property(Struct):
    id: str
    value: str


class Event(Struct, rename="camel"):
    """An event, or one instance of a series."""

    id: str
    start: At
    end: At
    i_cal_u_id: str | None = field(default=None, name="iCalUId")
    etag: str | None = field(default=None, name="@odata.etag")
    is_all_day: bool | None = None
    show_as: str | None = None
    is_cancelled: bool | None = None
    is_organizer: bool | None = None
    response_status: Answered | None = None
    type: str | None = None
    series_master_id: str | None = None
    original_start: str | None = None
    subject: str | None = None
    created_date_time: str | None = None
    transaction_id: str | None = None
    body: Body | None = None
    location: Location | None = None
    attendees: list[Attendee] | None = None
    is_online_meeting: bool | None = None
    online_meeting: OnlineMeeting | None = None
    single_value_extended_properties: list[Property] | None = None

    @property
    def answer(self) -> str:
        """The owner's own."""
        return (self.response_status.response if self.response_status else None) or ""


class Named(Struct):
    """Of which nothing but the id is read."""

    id: str


class Calendar(Struct, rename="camel"):
    id: str
    name: str | None = None
    can_edit: bool | None = None
    owner: EmailAddress | None = None
    allowed_online_meeting_providers: list[str] | None = None


class ZoneName(Struct):
    name: str = ""


class Hours(Struct, rename="camel"):
    """https://learn.microsoft.com/graph/api/resources/workinghours"""

    days_of_week: list[str] = []
    start_time: str = ""
    end_time: str = ""
    time_zone: ZoneName | None = None


class Settings(Struct, rename="camel"):
    """Of a mailbox."""

    time_zone: str | None = None
    working_hours: Hours | None = None


class Subscription(Struct, rename="camel"):
    id: str
    expiration_date_time: str


class Place(Struct, rename="camel"):
    """A room, as the directory tells of it."""

    email_address: str | None = None
    display_name: str | None = None
    capacity: int | None = None
    building: str | None = None
    floor_number: int | None = None
    floor_label: str | None = None
    tags: list[str] | None = None
    audio_device_name: str | None = None
    video_device_name: str | None = None
    display_device_name: str | None = None
    is_wheel_chair_accessible: bool | None = None


class Item(Struct):
    """One stretch of somebody's schedule."""

    start: At
    end: At
    status: str | None = None


class Trouble(Struct, rename="camel"):
    response_code: str | None = None
    message: str | None = None


class Schedule(Struct, rename="camel"):
    """What one mailbox's free/busy looks like from here."""

    schedule_id: str | None = None
    availability_view: str | None = None
    schedule_items: list[Item] | None = None
    error: Trouble | None = None
