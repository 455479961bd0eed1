"""Composes the license e-mail from the owed e-mail and the seller's product mapping."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Protocol

from db.owed_emails import OwedEmail, OwedLicense
from domain.catalog import Catalog
from domain.errors import ProductUnmappedError
from domain.event import OPERATOR
from domain.identifiers import order_reference
from letters.joint import JointLetter
from letters.license_letter import LicenseLetter
from letters.rendering import Templates, joint_email, license_email
from licensing.signing import Signer
from mailers.base import Email, Mark


class CatalogSource(Protocol):
    """The current product mapping, read through `catalog.file.ProductsFile`."""

    def current(self) -> Catalog: ...


@dataclass(frozen=True, slots=True)
class Shop:
    """The seller, as named in the settings.

    `sender` and `reply_to` are one mailbox each, with or without a display name.
    """

    sender: str | None = None
    reply_to: str | None = None
    name: str | None = None
    url: str | None = None

    @property
    def shown_name(self) -> str | None:
        return self.name or parseaddr(self.sender or "")[0] or None

    @property
    def address(self) -> str | None:
        """Return the bare address for a buyer's replies."""
        return parseaddr(self.reply_to or self.sender or "")[1] or None


@dataclass(frozen=True, slots=True)
class Letters:
    products: CatalogSource
    signer: Signer
    templates: Templates
    shop: Shop = Shop()

    def compose(self, owed: OwedEmail, mark: Mark) -> Email:
        """Return the mail. Raises MailerRefusesError if an operator's template cannot be used."""
        # As the order lists them: two lines are minted in either sequence.
        licenses = sorted(owed.licenses, key=lambda each: each.sale_id)
        letters = tuple(map(self._letter, licenses))
        tokens = tuple(self.signer.sign(each.license) for each in licenses)
        if len(letters) == 1:
            return license_email(mark, owed.to, letters[0], tokens[0], self.templates)
        return joint_email(mark, owed.to, JointLetter(letters), tokens, self.templates)

    def _letter(self, owed: OwedLicense) -> LicenseLetter:
        license_ = owed.license
        return LicenseLetter(
            product_name=license_.product_name,
            name=license_.name,
            key=license_.key,
            tier=license_.tier,
            expires_at=license_.expires_at,
            seats=license_.seats,
            test=license_.test,
            order_reference=order_reference(license_.source, license_.order_id),
            bought=license_.source != OPERATOR,
            renewed=owed.renewed,
            changed=owed.changed,
            restored=owed.facts.restored,
            given=owed.facts.given,
            receipt_key=owed.facts.receipt_key,
            earlier_key=owed.facts.earlier_key,
            activate=self._how_to_activate(owed),
            reply_to=self.shop.address,
            order_number=owed.order_number,
            shop_name=self.shop.shown_name,
            shop_url=self.shop.url,
        )

    def _how_to_activate(self, owed: OwedLicense) -> str | None:
        # Read the current mapping, so that a resent mail has the corrected activation address.
        try:
            return self.products.current().find(owed.facts.mapped_under, owed.product).activate
        except ProductUnmappedError:
            return None
