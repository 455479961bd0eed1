"""The terms of an entry, as they are kept with a payment."""

from domain.catalog import Offer
from domain.decisions import Decision
from domain.license import Term
from domain.sale import Product

TEAMS = Product("sDOLRWAJ9iPxvwmpujenuA==", "Lumen Teams", aliases=("teams",))
SHA256 = "0" * 64


def test_a_decision_holds_every_term_of_its_entry() -> None:
    offer = Offer(
        "teams",
        "studio",
        Term(24),
        name="Lumen for Teams",
        seats=5,
        instalments=True,
        keep_after_end=True,
        grace_days=0,
    )

    assert offer.decide(TEAMS, 2, SHA256, "gumroad") == Decision(
        # The id of the sale, because the entry may be written under an alias.
        product_id="sDOLRWAJ9iPxvwmpujenuA==",
        product_name="Lumen for Teams",
        tier="studio",
        seats=5,
        quantity=2,
        months=24,
        products_sha256=SHA256,
        mapped_under="gumroad",
        instalments=True,
        trial_days=None,
        keep_after_end=True,
        grace_days=0,
        ends_at=None,
    )


def test_an_entry_without_a_name_or_a_term_takes_the_shops_name_and_lasts_for_ever() -> None:
    decided = Offer("teams", "studio", Term(None), trial_days=14).decide(TEAMS, 1, SHA256)

    assert (decided.product_name, decided.months, decided.trial_days, decided.grace_days) == (
        "Lumen Teams",
        None,
        14,
        3,
    )
