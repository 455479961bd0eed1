"""Column types that give the same values on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator
from typing_extensions import override

from domain.license import end_of_day

# SQLite numbers new rows by itself only in a column of the type INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. Both directions set the zone, because SQLite forgets it."""

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
    """The end of a license. Any stored time of its last day is read as the end of that day.

    Rows of older versions hold the second of the payment. Read as the end of the day, they agree
    with mail, token, lists and the next charge, and no mail announces an end that only looks later
    (docs/adr/0016).
    """

    cache_ok = True

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        at = super().process_result_value(value, dialect)
        return None if at is None else end_of_day(at)
