"""Minting: one license per order line and per line of a subscription, with its owed e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.corrections import kept_correction, take_correction, withdraw_deliveries
from db.decisions import plain
from db.events import lock_order, note_event
from db.facts import decide_plans
from db.further_keys import add_further_key
from db.history import keep_change
from db.holders import follow_charge
from db.inserting import insert_once
from db.licenses import (
    LicenseWithDelivery,
    is_order_line,
    license_of,
    renewed_license,
)
from db.linking import free_line, link_order
from db.locks import lock_subscriptions
from db.owed import owe, owed_delivery
from db.pairing import is_being_minted, paired_license, subscription_licenses
from db.reliving import Cause, find_locked, locked_license, relive
from db.stories import order_total, story_of_sale, waiting_charges
from db.tables import CorrectionRow, LicenseRow, SaleRow
from db.unminted import reopen_payments
from db.updating import count_updated
from domain.decisions import Decision
from domain.delivery import NEW_LICENSE, Reason
from domain.errors import FirstPaymentRunsError
from domain.event import TAKEN_BACK, IgnoredReason
from domain.license import has_ended
from domain.lifecycle import Life, PaidLine, fold
from domain.sale import Sale


@dataclass(frozen=True, slots=True)
class NewLicense:
    """The mapping's decision for a sale, with key and token id in case a new license is needed.

    `decision` None: no entry fits, which only a charge of an existing license may have. `note`
    explains the decision on event `event_id`, because no later run decides again. `shop_key`: the
    storefront's key becomes a further key. `mail` False: a new license owes no mail. `issued_at`
    None: it is issued now.
    """

    sale_id: int
    event_id: int
    key: str
    decision: Decision | None
    token_id: str | None = None
    note: str | None = None
    shop_key: bool = False
    mail: bool = True
    issued_at: datetime | None = None
    plans: Mapping[int, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Minting:
    sale: Sale
    new: NewLicense
    said: CorrectionRow | None
    at: datetime


def mint_license(
    session: Session, sale: Sale, new: NewLicense, now: datetime
) -> LicenseWithDelivery | IgnoredReason:
    """Mint the order line's license, or let the payment count for its subscription's license.

    The same transaction commits the license and its delivery, so that a crash leaves both or
    neither. A repetition returns the existing license with its delivery. Return the reason instead
    if the facts known by now refuse a license.
    """
    lock_order(session, sale.source, sale.order_id)
    sale = _linked(session, sale, new.sale_id)
    lock_subscriptions(session, sale.source, filter(None, [sale.subscription_id]))
    minting = _Minting(sale, new, kept_correction(session, sale), now)
    decide_plans(session, new.plans)
    own = find_locked(session, is_order_line(sale))
    if own is not None:
        _mark_minted(session, minting, own.id)
        return LicenseWithDelivery(license_of(own), owed_delivery(session, own, NEW_LICENSE))
    paired = paired_license(session, sale)
    if paired is not None:
        return _renew(session, locked_license(session, paired), minting)
    if sale.charge and is_being_minted(session, sale):
        raise FirstPaymentRunsError
    life = _life_of(session, sale, new.decision, now)
    # Charges that wait can only undo a refusal, so most sales are folded once.
    refuses = life.refuses and refusal_of_sale(session, sale, now, new.decision)
    return refuses or _mint(session, minting, life)


def _linked(session: Session, sale: Sale, sale_id: int) -> Sale:
    """Return the sale with the subscription that a link told since the sale was saved."""
    link_order(session, sale.source, sale.order_id)
    found = session.scalar(select(SaleRow.subscription_id).filter_by(id=sale_id))
    return replace(sale, subscription_id=found)


UNDECIDED = Decision("", "", "", seats=1, quantity=1, months=None, products_sha256="")
"""Stands for terms that do not matter yet."""


def refusal_of_sale(
    session: Session, sale: Sale, now: datetime, terms: Decision | None = UNDECIDED
) -> IgnoredReason | None:
    """Return why the facts known by now refuse a license to a sale, before any decision.

    Charges that wait for the sale count, because they will extend its license: a charge that came
    first must lead to the license that a later one leads to.
    """
    waiting = () if sale.charge else waiting_charges(session, sale)
    return _life_of(session, sale, terms, now, waiting).refuses


def _life_of(
    session: Session,
    sale: Sale,
    decision: Decision | None,
    now: datetime,
    further: tuple[PaidLine, ...] = (),
) -> Life:
    paid = PaidLine(sale, decision, order_total(session, sale.source, sale.order_id))
    return fold(replace(story_of_sale(session, sale), payments=(paid, *further)), now)


def _mint(session: Session, minting: _Minting, life: Life) -> LicenseWithDelivery:
    sale, new = minting.sale, minting.new
    refuses, life = life.refuses, replace(life, refuses=None)
    note_event(session, new.event_id, new.note)
    _insert_license(session, minting, life)
    row = find_locked(session, is_order_line(sale))
    if row is None:
        raise LookupError("no license after its insert")
    _mark_minted(session, minting, row.id)
    keep_change(session, row.id, new.event_id, None, life, minting.at)
    if sale.subscription_id is not None:
        reopen_payments(session, sale.source, sale.subscription_id)
        _relive_siblings(session, row, minting)
    if new.shop_key and sale.shop_key is not None:
        note = add_further_key(session, row.id, new.event_id, sale.shop_key, minting.at)
        note_event(session, new.event_id, note)
    # Nobody is mailed a license that is over before it is given. A buyer gets each license.
    given = new.issued_at is not None
    mails = new.mail and not (given and has_ended(life.expires_at, minting.at))
    # A charge that waits may outlive a refund of the first payment. Its own mail brings the key.
    mails = mails and refuses not in TAKEN_BACK
    # Each act that gives a license is followed by a workflow of its own, which sends its mail.
    owed = owe(session, row, NEW_LICENSE, minting.at, alone=given) if mails else None
    return LicenseWithDelivery(license_of(row), owed)


def _renew(session: Session, row: LicenseRow, minting: _Minting) -> LicenseWithDelivery:
    sale, new, said = minting.sale, minting.new, minting.said
    # This payment alone may count for nothing. An ending is the matter of the whole license.
    refuses = refusal_of_sale(session, sale, minting.at)
    refused = refuses if refuses in TAKEN_BACK else None
    # A repetition must not count again: the mapping may have another term by now.
    if _mark_minted(session, minting, row.id):
        note_event(session, new.event_id, new.note)
        corrected = take_correction(row, said)
        if not corrected:
            follow_charge(session, row, sale, new.sale_id, new.event_id)
        charge = Reason.charge(sale.order_id)
        change = relive(session, row, Cause(new.event_id, charge), minting.at)
        if corrected:
            withdraw_deliveries(
                session, row.id, change.delivery_id or owe(session, row, charge, minting.at)
            )
    return replace(renewed_license(session, row, sale), refused=refused)


def _relive_siblings(session: Session, row: LicenseRow, minting: _Minting) -> None:
    """Compute the licenses of the subscription's other lines anew.

    A state may tell of one line, and which license has that line depends on all of them.
    """
    licenses = subscription_licenses(session, row.source, row.subscription_id or "")
    event_id = minting.new.event_id
    cause = Cause(event_id, Reason.event(event_id), may_mail=False)
    for number in licenses.ids:
        if number != row.id:
            relive(session, locked_license(session, number), cause, minting.at)


def _mark_minted(session: Session, minting: _Minting, license_id: int) -> bool:
    """Record holder, decision and license of the order line; False if an earlier run did."""
    new, sale = minting.new, minting.sale
    first = update(SaleRow).where(SaleRow.id == new.sale_id, SaleRow.minted_at.is_(None))
    decided = plain(new.decision)
    values = {"minted_at": minting.at, "email": sale.email, "name": sale.name, "decided": decided}
    return count_updated(session, first.values(values | {"license_id": license_id})) == 1


def _insert_license(session: Session, minting: _Minting, life: Life) -> None:
    sale = minting.sale
    line = free_line(session, sale.source, sale.subscription_id, sale.subscription_line)
    values = license_values(sale, minting.new, life, minting.at) | {"subscription_line": line}
    if (said := minting.said) is not None:
        values |= {"email": said.to, "correction_id": said.id}
    insert_once(session, LicenseRow, **values)


def license_values(sale: Sale, new: NewLicense, life: Life, now: datetime) -> dict[str, Any]:
    """Return the columns of a new license."""
    return {
        "sale_id": new.sale_id,
        "key": new.key,
        "source": sale.source,
        "order_id": sale.order_id,
        "line": sale.line,
        "subscription_id": sale.subscription_id,
        "product_id": life.product_id,
        "product_name": life.product_name,
        "tier": life.tier,
        "email": sale.email,
        "name": sale.name,
        "seats": life.seats,
        "status": life.status,
        "reason": life.reason,
        "renews": life.renews,
        "grace_until": life.grace_until,
        "changes_at": life.changes_at,
        "test": sale.test,
        "products_sha256": life.products_sha256,
        "issued_at": new.issued_at or now,
        "expires_at": life.expires_at,
        "created_at": now,
        "token_id": new.token_id,
    }
