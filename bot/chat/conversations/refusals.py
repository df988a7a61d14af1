"""What a calendar said when it did not take an event, in words: to the one who booked, and to the one whose it is."""

from collections.abc import Mapping
from types import MappingProxyType

BECAUSE: Mapping[str, str] = MappingProxyType(
    {
        "taken": "the time was taken meanwhile",
        "late": "your calendar did not answer in time",
        "no_consent": "I was not allowed to write to your calendar within 15 minutes",
        "consent_needed": "I am no longer allowed to write to your calendar",
        "refused": "your calendar can be read, and not written to",
        "sign_in_needed": "your calendar must be connected again first",
        "full": "your calendar is full: its service takes no more events",
        "away": "your calendar's service takes no new events for the time being",
        "not_found": "the calendar that receives your bookings is no longer there",
        "not_offered": "whoever runs Overlap no longer allows accounts like the one that receives your bookings",
        "our_fault": "your calendar's service refuses Overlap itself, which only whoever runs Overlap can mend",
    }
)
"""Why it was not booked, or not moved, by `Meeting.reason`."""

OWN: Mapping[str, str] = MappingProxyType(
    {
        "consent_needed": "I am not allowed to write there",
        "refused": "the one that receives bookings can be read, and not written to",
        "sign_in_needed": "the one that receives bookings must be connected again first",
        "full": "the one that receives bookings is full",
        "not_found": "the one that receives bookings is no longer there",
        "not_offered": "whoever runs Overlap no longer allows accounts like the one that receives bookings",
        "our_fault": "its service refuses Overlap itself, which only whoever runs Overlap can mend",
    }
)
"""Why a meeting is on no calendar of theirs, by `Attendance.why`."""

THEIRS_TO_MEND = frozenset(
    {"sign_in_needed", "not_found", "refused", "full", "no_consent", "consent_needed", "not_offered"}
)
"""What its owner can mend on the page of their calendars."""
