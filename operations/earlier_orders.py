"""Choose the order that a made-up event belongs to."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.views.earlier_orders import EarlierOrder, licenses_around, list_earlier, load_earlier
from db.views.lists import Filters, SaleLine, list_sales
from domain.advice import advised
from domain.identifiers import order_reference
from domain.license import LicenseReason
from kit.refusals import RefusedError
from operations.find import reference_of
from storefronts.registry import DEFAULT
from storefronts.sample_events import SampleEvent

DISPUTES = frozenset({LicenseReason.DISPUTED, LicenseReason.DISPUTE_LOST})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The order that a person named, or else any order that the event may follow."""

    event: SampleEvent
    source: str
    order: str | None
    live: bool


def the_earlier_order(session: Session, wanted: Wanted) -> EarlierOrder:
    """Return the named order, or the newest that the event may follow. Raises RefusedError."""
    if wanted.order is None:
        found = load_earlier(session, wanted.source, _newest(session, wanted).order_id)
    else:
        found = _named(session, wanted.source, wanted.order)
    if found is None:
        raise RefusedError("the order is gone: `mintpost sales` lists the others")
    if not wanted.event.is_of_order and found.sale.subscription_id is None:
        raise RefusedError(
            f"{reference_of(found.sale)} is no membership, and {wanted.event} belongs to one: "
            f"name another order, or make one with {_first(SampleEvent.MEMBERSHIP, wanted)}"
        )
    return found


def _named(session: Session, source: str, order_id: str) -> EarlierOrder:
    if (found := load_earlier(session, source, order_id)) is not None:
        return found
    reference = order_reference(source, order_id)
    if list_sales(session, Filters(source=source, order_id=order_id)):
        raise RefusedError(
            f"{reference} has no whole request of its own, whose ids the event would repeat: "
            "name another order; `mintpost sales` lists them"
        )
    raise RefusedError(f"no sale is {reference}: `mintpost sales` lists them")


def _newest(session: Session, wanted: Wanted) -> SaleLine:
    """Return the newest sale, and rather one whose license the event can change."""
    of_membership = not wanted.event.is_of_order
    found = list_earlier(session, wanted.source, not wanted.live, of_membership)
    if found:
        return next((sale for sale in found if _is_suitable(session, wanted.event, sale)), found[0])
    kind = SampleEvent.MEMBERSHIP if of_membership else SampleEvent.SALE
    raise RefusedError(
        f"there is no {'real' if wanted.live else 'test'} {kind} that {wanted.event} could follow: "
        f"name one with --order, or make one with {_first(kind, wanted)}"
    )


def _is_suitable(session: Session, event: SampleEvent, sale: SaleLine) -> bool:
    licenses = licenses_around(session, sale.source, sale.order_id)
    match event:
        case SampleEvent.DISPUTE_WON:
            return any(license_.reason in DISPUTES for license_ in licenses)
        case SampleEvent.RESTARTED:
            return any(license_.renews is False for license_ in licenses)
        case _:
            return all(license_.reason is None for license_ in licenses)


def _first(event: SampleEvent, wanted: Wanted) -> str:
    source = [] if wanted.source == DEFAULT.name else ["--source", wanted.source]
    return advised("trigger", event, options=[*source, *(["--live"] if wanted.live else [])])
