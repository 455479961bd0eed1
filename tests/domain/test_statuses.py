"""The words for states: other programs read them, so no word may change."""

import json

import pytest

from domain.delivery import NEW_LICENSE, DeliveryStatus, Reason, ReasonKind
from domain.event import (
    EventKind,
    EventStatus,
    IgnoredReason,
    NotedReason,
    Outcome,
    ignored,
)
from domain.license import LicenseReason, LicenseStatus
from domain.mail_reports import ReportKind

WORDS = {
    EventKind: [
        *("sale", "recurring_charge", "preorder", "pending_sale"),
        *("refund", "refund_reversed", "dispute", "dispute_won", "dispute_lost"),
        *("cancellation", "cancellation_undone", "subscription_linked", "subscription_updated"),
        *("subscription_paused", "subscription_resumed"),
        *("subscription_ended", "subscription_restarted"),
        *("test_ping", "known", "unknown"),
        *("grant", "revoke", "restore", "extend", "seats", "tier", "holder", "key", "remap"),
    ],
    Outcome: ["fulfilled", "renewed", "duplicate", "applied", "failed"],
    IgnoredReason: [
        *("foreign_seller", "foreign_account", "simulation", "named", "no_license"),
        *("refunded", "disputed", "dispute_lost", "ended", "by_hand"),
    ],
    NotedReason: [
        *("waits_for_payment", "partial_refund", "no_sale_yet", "no_license", "no_change"),
        *("effective_later", "unknown_event", "refund", "refund_requested", "refund_rejected"),
        *("inquiry", "credit", "payment_failed", "pause_scheduled", "dispute"),
    ],
    EventStatus: [
        *("open", "parked", "fulfilled", "renewed", "duplicate", "applied"),
        *("ignored", "noted", "failed"),
    ],
    DeliveryStatus: [
        *("pending", "accepted", "delivered", "bounced", "complained"),
        *("logged", "refused", "withdrawn"),
    ],
    ReportKind: [
        *("delayed", "failed_for_now", "delivered", "turned_away", "bounced", "complained"),
    ],
    ReasonKind: ["sale", "charge", "event", "resend"],
    LicenseStatus: ["active", "suspended", "revoked"],
    LicenseReason: ["refunded", "disputed", "dispute_lost", "paused", "by_hand"],
}
REASONS = {
    "sale": NEW_LICENSE,
    "charge:order-2": Reason.charge("order-2"),
    "charge:a:b": Reason.charge("a:b"),
    "resend:12": Reason.resend(12),
}


@pytest.mark.parametrize("states", WORDS, ids=lambda states: states.__name__)
def test_each_state_is_written_as_its_word(states: type[EventKind]) -> None:
    assert json.loads(json.dumps(list(states))) == WORDS[states]
    assert [f"{each}" for each in states] == WORDS[states]
    assert [str(each) for each in states] == WORDS[states]


def test_an_ignored_event_names_its_reason() -> None:
    assert ignored(IgnoredReason.NO_LICENSE) == "ignored:no_license"
    assert ignored(EventKind.REFUND) == "ignored:refund"


@pytest.mark.parametrize("text", REASONS)
def test_a_reason_is_read_as_it_was_written(text: str) -> None:
    assert Reason.parse(text) == REASONS[text]
    assert str(REASONS[text]) == text


def test_a_reason_tells_its_order_or_its_number() -> None:
    charge, resend = Reason.parse("charge:order-2"), Reason.parse("resend:12")
    assert (charge.charged_order, charge.resend_number) == ("order-2", None)
    assert (resend.charged_order, resend.resend_number) == (None, 12)
    assert (NEW_LICENSE.charged_order, NEW_LICENSE.resend_number) == (None, None)


def test_a_reason_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="gift"):
        Reason.parse("gift:1")
