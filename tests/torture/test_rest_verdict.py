"""The list and the alerts shown at rest are compared with what became of the mails."""

from dataclasses import replace

import pytest

from domain.delivery import DeliveryStatus
from domain.findings import Finding, Level
from tests.torture.test_verdict import GOOD, ORDERS
from torture.at_rest import AtRest
from torture.evidence import Evidence
from torture.fates import DELIVERED, FATES, Fate
from torture.verdict import breaches

FATE = {fate.name: fate for fate in FATES}
BOUNCED = FATE["hard bounce"]
ALARM = Finding("residue:order:sale", Level.BROKEN, "gumroad:sale: no license was minted")


def told(rest: AtRest, evidence: Evidence = GOOD) -> list[tuple[str, str, str]]:
    found = breaches(ORDERS, replace(evidence, at_rest=rest))
    return [(each.kind, each.order_id, each.what) for each in found]


def fated(number: int, fate: Fate) -> Evidence:
    """Return a good round in which the provider reported one mail."""
    deliveries = [
        replace(each, status=fate.status) if each.delivery_id == number else each
        for each in GOOD.deliveries
    ]
    return replace(GOOD, deliveries=tuple(deliveries), fates={number: fate})


def test_a_round_at_rest_shows_nothing_but_the_mails_that_came_back() -> None:
    assert told(AtRest()) == []
    assert told(AtRest(), fated(1, DELIVERED)) == []
    assert told(AtRest(returned=frozenset({1})), fated(1, BOUNCED)) == []


@pytest.mark.parametrize("name", ["hard bounce", "turned away", "bounced late", "called spam"])
def test_a_mail_that_came_back_without_an_alert_is_a_breach(name: str) -> None:
    assert told(AtRest(), fated(1, FATE[name])) == [
        ("wrong alerts", "sale", "no alert tells of delivery 1")
    ]


def test_an_alert_of_a_mail_that_did_not_come_back_is_a_breach() -> None:
    for evidence in (GOOD, fated(1, FATE["delivered after all"])):
        assert told(AtRest(returned=frozenset({1})), evidence) == [
            ("wrong alerts", "sale", "an alert tells of delivery 1 for nothing")
        ]


def test_a_later_mail_of_the_license_ends_the_alert_unless_it_came_back_too() -> None:
    first = fated(2, BOUNCED)  # The mail 3 tells the same license.
    assert told(AtRest(), first) == []
    both = fated(3, BOUNCED)
    lost = [replace(each, status=DeliveryStatus.BOUNCED) for each in both.deliveries[1:]]
    every = replace(both, deliveries=(both.deliveries[0], *lost), fates={2: BOUNCED, 3: BOUNCED})
    assert told(AtRest(returned=frozenset({2, 3})), every) == []
    assert [each[2] for each in told(AtRest(), every)] == [
        "no alert tells of delivery 2",
        "no alert tells of delivery 3",
    ]


def test_an_alert_of_an_earlier_round_is_not_compared() -> None:
    assert told(AtRest(returned=frozenset({99}))) == []


def test_an_alarm_and_a_listed_run_are_breaches() -> None:
    rest = AtRest(listed=(("gumroad:sale", "parked"),), alarms=(ALARM,))
    assert told(rest) == [
        ("wrong states", "gumroad:sale", "Temporal lists it as parked, and it is done"),
        (
            "wrong alerts",
            "residue:order:sale",
            "an alert without a cause: gumroad:sale: no license was minted",
        ),
    ]


def test_an_alarm_about_a_broken_promise_has_its_cause() -> None:
    stuck = replace(GOOD, is_quiet=False)
    assert {kind for kind, _, _ in told(AtRest(alarms=(ALARM,)), stuck)} == {"stuck"}
