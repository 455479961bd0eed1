"""The time that payments buy."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.calendar_days import day_end, days_after, months_after
from domain.courses import Course
from domain.decisions import Decision
from domain.plans import DecidedAt
from domain.sale import Sale
from domain.story import Known, PaidLine
from domain.taken_back import TakenBack


@dataclass(frozen=True, slots=True)
class Period:
    """A bought time. `end` None: it has no end. `back`: its payment does not stand."""

    paid_at: datetime
    end: datetime | None
    back: TakenBack | None

    def end_by(self, ended: datetime | None) -> datetime | None:
        """Return the end of the time, for a subscription that ended or goes on (None).

        A payment after the ending keeps its time. A shop charges no ended subscription, so the
        event of its restart was lost.
        """
        if ended is None or self.paid_at > ended:
            return self.end
        over = day_end(ended)
        return over if self.end is None else min(self.end, over)


@dataclass(frozen=True, slots=True)
class Bought:
    """A payment with the terms that count for it.

    `is_first`: the first payment of a subscription. `open_end` ends the time of a free payment of a
    subscription. `linked_until` is the end of the paid time by the subscription's link. `stop` is
    the end that the shop set after the payment.
    """

    paid: PaidLine
    terms: Decision
    in_subscription: bool
    is_first: bool
    open_end: datetime | None
    linked_until: datetime | None
    stop: datetime | None

    def end(self) -> datetime | None:
        """Return the end of the bought time; None: it has no end.

        The shop's word counts before the mapping's. A shop charges nobody again for a free
        subscription, so a free payment buys the time until the next payment.
        """
        sale = self.paid.sale
        kept = self.paid.decision and self.paid.decision.ends_at
        told = kept or self._told_by_the_shop()
        if told is not None:
            return day_end(told)
        if self.is_first and self.terms.trial_days:
            return days_after(sale.sold_at, self.terms.trial_days)
        if self.in_subscription and sale.price == 0:
            return self.open_end
        if sale.months:
            return months_after(sale.sold_at, sale.months)
        return term_end(self.terms, sale.sold_at)

    def _told_by_the_shop(self) -> datetime | None:
        """Return the shop's end: of the paid time, or an earlier one that it set since."""
        told = self.paid.sale.paid_until or self.linked_until
        return told if told is None or self.stop is None else min(told, self.stop)


def term_end(terms: Decision, paid_at: datetime) -> datetime | None:
    """Return the end by the mapping. A license from before has an end instead of a term."""
    if terms.months is not None:
        return months_after(paid_at, terms.months)
    return day_end(terms.ends_at) if terms.ends_at else None


def terms_of(known: Known, decisions: list[DecidedAt]) -> list[Decision]:
    """Return each payment's decision, or the one before it if the mapping had no entry."""
    times = [each.at for each in decisions]
    before = (max(bisect_right(times, each.sale.sold_at) - 1, 0) for each in known.payments)
    return [
        paid.decision or decisions[place].decision
        for paid, place in zip(known.payments, before, strict=True)
    ]


def periods_of(
    known: Known, terms: list[Decision], course: Course, back: Mapping[str, TakenBack]
) -> list[Period]:
    """Return the bought periods, one of each payment."""
    return [
        Period(each.paid.sale.sold_at, each.end(), back.get(each.paid.sale.order_id))
        for each in _bought(known, terms, course)
    ]


def told_end(
    known: Known, periods: Iterable[Period], now: datetime, ended: datetime | None
) -> datetime | None:
    """Return the end of the paid time by the subscription's newest state; None: it tells none.

    It does not stand where a payment with the same end was taken back, because the state tells what
    that payment bought.
    """
    states = (each.state for each in known.states if each.state.at <= now)
    told = max(((s.at, s.paid_until) for s in states if s.paid_until is not None), default=None)
    if told is None:
        return None
    end = day_end(told[1])
    if any(each.back is not None and each.end == end for each in periods):
        return None
    return end if ended is None else min(end, day_end(ended))


def instalments_of(known: Known, terms: Decision, back: Mapping[str, TakenBack]) -> list[Period]:
    """Return the one period that all instalments buy, from the first payment on.

    It stands while any instalment does. A payment after an ending shows that the payer goes on.
    """
    sales = [each.sale for each in known.payments]
    standing = [each for each in sales if each.order_id not in back]
    newest = (standing or sales)[-1]
    told = terms.ends_at
    end = day_end(told) if told else term_end(terms, sales[0].sold_at)
    return [Period(newest.sold_at, end, back.get(newest.order_id))]


def _bought(known: Known, terms: list[Decision], course: Course) -> Iterator[Bought]:
    times = [each.sale.sold_at for each in known.payments]
    first = next((each for each in known.payments if not each.sale.charge), None)
    linked = _linked_until(known)
    for paid, own in zip(known.payments, terms, strict=True):
        yield Bought(
            paid=paid,
            terms=own,
            in_subscription=known.is_subscription,
            is_first=known.is_subscription and paid is first,
            open_end=_open_end(paid.sale, times, course),
            linked_until=linked.get(paid.sale.order_id),
            stop=_stop_after(paid.sale, own, course),
        )


def _stop_after(sale: Sale, terms: Decision, course: Course) -> datetime | None:
    """Return the stop that the shop told after the payment, which may cut the paid time short."""
    stop = course.stop
    if stop is None or terms.keep_after_end or stop.told_at < sale.sold_at:
        return None
    return stop.at


def _linked_until(known: Known) -> dict[str, datetime]:
    """Return the end that the newest link tells, by order. At one moment the earlier end counts.

    Each event of some shops' subscriptions tells the link, with the end of that day's period. The
    order paid the first period.
    """
    told = [(each.at, each.paid_until, each.order_id) for each in known.links if each.paid_until]
    newest = {order_id: at for at, _, order_id in sorted(told)}
    ends = [(until, order_id) for at, until, order_id in told if at == newest[order_id]]
    return {order_id: until for until, order_id in sorted(ends, reverse=True)}


def _open_end(sale: Sale, times: list[datetime], course: Course) -> datetime | None:
    """Return the next payment or the known stop. A stop from before the payment is over."""
    after = bisect_right(times, sale.sold_at)
    later = times[after : after + 1]
    stop = course.stop
    if stop is not None and sale.sold_at <= max(stop.at, stop.told_at):
        later.append(stop.at)
    return day_end(min(later)) if later else None
