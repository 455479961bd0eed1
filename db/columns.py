"""Types of columns that SQLite and PostgreSQL read alike."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator
from typing_extensions import override

from domain.license import end_of_day

# SQLite counts up by itself only in a column of the very type INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite forgets the zone, so both directions state it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EndOfDay(UtcDateTime):
    """The end of a license: whatever time of its last day is stored, it is read as that day's end.

    Older rows hold the second of their payment. Mail, token, lists and the next charge then agree
    about them, and no mail announces an end that only looks later (docs/adr/0016).
    """

    cache_ok = True

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        at = super().process_result_value(value, dialect)
        return None if at is None else end_of_day(at)
