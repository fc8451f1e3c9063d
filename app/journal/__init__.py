"""What was ordered, durably; and the frames of the order channels, beside it."""

from app.journal.database import JournalRefused
from app.journal.endings import EndingRecord
from app.journal.executed import ExecutedRecord
from app.journal.journal import AlreadyRecorded, Journal, OpenIntent, Outcome
from app.journal.names import NameRecord

__all__ = [
    "AlreadyRecorded",
    "EndingRecord",
    "ExecutedRecord",
    "Journal",
    "JournalRefused",
    "NameRecord",
    "OpenIntent",
    "Outcome",
]
