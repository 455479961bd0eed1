"""Compares the evidence of a round with the promises."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from domain.event import Outcome
from torture.app_verdict import lost_devices, too_many_devices, wrong_answers
from torture.correction_verdict import misdirected_mails, unmailed_corrections
from torture.drawing import DrawnStory, PlannedAct
from torture.evidence import Evidence
from torture.fate_verdict import wrong_statuses
from torture.orders import TERM, Order
from torture.plan import Correction
from torture.rest_verdict import wrong_alerts, wrongly_listed
from torture.state_verdict import (
    may_lack_license,
    unmailed_events,
    unwanted_mails,
    wrong_states,
)
from torture.traffic import OK

Kind = Literal["lost", "doubled", "stuck", "wrong states", "wrong answers", "wrong alerts"]
KINDS: tuple[Kind, ...] = (
    "lost",
    "doubled",
    "stuck",
    "wrong states",
    "wrong answers",
    "wrong alerts",
)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Breach:
    kind: Kind
    order_id: str
    what: str


def breaches(
    orders: Iterable[Order],
    found: Evidence,
    corrections: Sequence[Correction] = (),
    stories: Sequence[DrawnStory] = (),
    acts: Iterable[PlannedAct] = (),
) -> list[Breach]:
    """Return every broken promise. An empty list: nothing was lost, doubled or left open."""
    every = tuple(orders)
    lost = [*_lost_requests(found), *_lost_acts(acts, found), *_failed(found)]
    lost += _lost_sales(every, found, stories)
    lost += [Breach("lost", *each) for each in unmailed_events(found)]
    lost += [Breach("lost", *each) for each in unmailed_corrections(corrections, found)]
    doubled = [*_doubled(every, found), *_late_mails(found)]
    doubled += [Breach("doubled", *each) for each in misdirected_mails(corrections, found)]
    doubled += [Breach("doubled", *each) for each in unwanted_mails(found)]
    wrong = [Breach("wrong states", *each) for each in wrong_states(stories, found)]
    wrong += [Breach("wrong states", *each) for each in wrong_statuses(found)]
    wrong += _told_to_apps(found, stories)
    worse = [*lost, *doubled, *_stuck(found)]
    # Of a broken promise, the list and the alerts should tell.
    return [*worse, *wrong] if worse else [*wrong, *_shown_for_nothing(found)]


def _shown_for_nothing(found: Evidence) -> Iterator[Breach]:
    yield from (Breach("wrong states", *each) for each in wrongly_listed(found))
    yield from (Breach("wrong alerts", *each) for each in wrong_alerts(found))


def _told_to_apps(found: Evidence, stories: Sequence[DrawnStory]) -> Iterator[Breach]:
    calls, licenses = found.calls, found.asked_licenses
    answers = [*wrong_answers(calls, licenses, stories), *too_many_devices(calls, licenses)]
    yield from (Breach("wrong answers", *each) for each in answers)
    yield from (Breach("lost", *each) for each in lost_devices(calls, licenses))


def _lost_requests(found: Evidence) -> Iterator[Breach]:
    stored = {row.mark for row in found.rows}
    for attempt in found.attempts:
        if attempt.status == OK and attempt.mark not in stored:
            yield Breach("lost", attempt.order_id, "a request was answered 200 and has no event")
        if attempt.last and attempt.status not in {OK, None}:
            what = f"its sender was turned away with {attempt.status} until it gave up"
            yield Breach("lost", attempt.order_id, what)


def _lost_acts(acts: Iterable[PlannedAct], found: Evidence) -> Iterator[Breach]:
    stored = {row.mark for row in found.rows}
    for key, planned in {each.key: each for each in acts}.items():
        if key not in stored:
            yield Breach("lost", planned.act.order_id, f"its {planned.act.act} has no event")


def _failed(found: Evidence) -> Iterator[Breach]:
    for row in found.rows:
        if row.outcome == Outcome.FAILED:
            yield Breach("lost", row.order_id or row.mark, f"it failed: {row.error}")


def _lost_sales(
    orders: tuple[Order, ...], found: Evidence, stories: Sequence[DrawnStory]
) -> Iterator[Breach]:
    licensed = {license_.order_id for license_ in found.licenses}
    members = {license_.subscription_id for license_ in found.licenses} - {None}
    failed = {row.order_id for row in found.rows if row.outcome == Outcome.FAILED}
    sold = set(found.sales)
    told = {order for drawn in stories for order in drawn.orders}
    wrong = dict(_wrong_ends(tuple(each for each in orders if each not in told), found))
    may_lack = may_lack_license(stories)
    unmailed = set(_unmailed(found)) - may_lack
    for order in orders:
        if order.order_id in failed:
            continue
        if not ({order.order_id, order.subscription_id} & (licensed | members | may_lack)):
            yield Breach("lost", order.order_id, "it has no license")
        elif order.order_id not in sold:
            yield Breach("lost", order.order_id, "it was never read")
        elif order.order_id in wrong:
            yield Breach("lost", order.order_id, wrong[order.order_id])
        elif order.order_id in unmailed:
            yield Breach("lost", order.order_id, "its license was never e-mailed")


def _wrong_ends(orders: tuple[Order, ...], found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield orders whose license has a wrong end, or whose extension no e-mail announces.

    Only the last payment is checked: earlier ones need not extend the license if the last came
    first.
    """
    last: dict[str, Order] = {}
    for order in sorted(orders, key=lambda order: order.paid_at):
        last |= dict.fromkeys((order.order_id, order.subscription_id or order.order_id), order)
    owed = {each.order_id for each in found.deliveries}
    for each in found.licenses:
        if (each.subscription_id or each.order_id) not in last:
            continue
        order = last[each.subscription_id or each.order_id]
        end = TERM.end(order.paid_at)
        if each.expires_at != end:
            yield order.order_id, f"its license ends {each.expires_at}, and not {end}"
        elif order.order_id not in owed:
            yield order.order_id, "it made its license end later, and no e-mail is owed"


def _unmailed(found: Evidence) -> Iterator[str]:
    """Yield orders whose buyer got no mail.

    A new license needs no mail of its own if the mail of a faster charge has announced the license.
    """
    mailed = set(found.messages)
    told = {owed.license_id for owed in found.deliveries if owed.mail_id in mailed}
    yield from (each.order_id for each in found.licenses if each.license_id not in told)
    charges = (owed for owed in found.deliveries if owed.is_charge and not owed.is_withdrawn)
    yield from (owed.order_id for owed in charges if owed.mail_id not in mailed)


def _doubled(orders: tuple[Order, ...], found: Evidence) -> Iterator[Breach]:
    of_row = {row.mark: row.order_id for row in found.rows}
    for mark, count in _repeated(row.mark for row in found.rows if not row.is_copy):
        yield Breach("doubled", of_row[mark], f"one request has {count} events")
    for order_id, count in _repeated(license_.order_id for license_ in found.licenses):
        yield Breach("doubled", order_id, f"it has {count} licenses")
    first = {order.subscription_id: order.order_id for order in reversed(orders)}
    members = (each.subscription_id for each in found.licenses if each.subscription_id)
    for subscription_id, count in _repeated(members):
        yield Breach("doubled", first[subscription_id], f"its subscription has {count} licenses")
    resends = {owed.delivery_id for owed in found.deliveries if owed.is_resend or owed.event_kind}
    for order_id, messages in _messages_by_order(found).items():
        for delivery_id, count in _repeated(messages):
            yield Breach("doubled", order_id, f"delivery {delivery_id} was mailed {count} times")
        if (by := len(set(messages) - resends)) > 1:
            yield Breach("doubled", order_id, f"it was mailed by {by} deliveries")


def _late_mails(found: Evidence) -> Iterator[Breach]:
    """Yield mails that no sale of this round needed."""
    owed = {each.delivery_id for each in found.deliveries}
    before = {each.delivery_id: each.order_id for each in found.earlier}
    for delivery_id in dict.fromkeys(found.messages):
        if delivery_id in before:
            what = f"delivery {delivery_id} was mailed again, a round later"
            yield Breach("doubled", before[delivery_id], what)
        elif delivery_id not in owed:
            what = f"a mail went out for delivery {delivery_id}, which nobody owes"
            yield Breach("doubled", "–", what)


def _stuck(found: Evidence) -> Iterator[Breach]:
    waiting: dict[str, str] = {}
    for row in found.rows:
        if row.outcome is None:
            waiting[row.order_id] = row.error or "nothing is said"
    for order_id, sentence in waiting.items():
        yield Breach("stuck", order_id, f"it is open still: {sentence}")
    if found.spooled:
        yield Breach("stuck", "–", f"the spool still holds {found.spooled} requests")
    if not found.is_quiet:
        yield Breach(
            "stuck", "–", "it never came to rest: more kept coming, or a mail was under way"
        )


def _messages_by_order(found: Evidence) -> Mapping[str, list[int]]:
    order_of = {owed.delivery_id: owed.order_id for owed in found.deliveries}
    messages = defaultdict[str, list[int]](list)
    for delivery_id in found.messages:
        if delivery_id in order_of:
            messages[order_of[delivery_id]].append(delivery_id)
    return messages


def _repeated(items: Iterable[Item]) -> list[tuple[Item, int]]:
    return [(item, count) for item, count in Counter(items).items() if count > 1]
