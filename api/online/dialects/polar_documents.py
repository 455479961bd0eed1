"""Writes Polar's documents: one body that each version of each client reads.

Older clients are strict about keys and types, newer ones about newer keys. So all are here, and
the text of an address is empty instead of null.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.online.dialects.common import end_stamp, stamp
from api.online.dialects.polar_questions import kept
from domain.derived_ids import derived_uuid
from domain.dialect_ids import ids_of_license
from domain.online import Device
from operations.verdicts import Found

Document = Mapping[str, object]

NOT_TOLD: Document = dict.fromkeys(
    ("member_id", "member", "subscription_id", "subscription", "order_id", "order")
)
"""What versions since 2026-10 ask for, and may be null."""


@dataclass(frozen=True, slots=True)
class PolarLicense:
    """A license in Polar's words.

    `organization` is the one that the app named. A set one is equal to it. Where products.yaml
    sets none, an app could not know a derived one.
    """

    issuer: str
    organization: str
    found: Found
    at: datetime

    @property
    def id(self) -> str:
        license_ = self.found.online.license
        return derived_uuid("polar license", self.issuer, license_.token_id or license_.id)

    @property
    def benefit(self) -> str | None:
        return ids_of_license(
            self.issuer, self.found.online.license, self.found.offer
        ).polar.benefit

    @property
    def customer(self) -> str:
        """Return an id of the order, so that nobody can try addresses against it."""
        license_ = self.found.online.license
        return derived_uuid("polar customer", self.issuer, license_.source, license_.order_id)

    def license_key(self) -> dict[str, object]:
        """Return the license object.

        Apps get it only while the license is good. The validation that it counts is this one,
        because an answer costs no write.
        """
        found = self.found
        license_ = found.online.license
        return {
            "id": self.id,
            "created_at": stamp(license_.issued_at),
            "modified_at": None,
            "organization_id": self.organization,
            "user_id": self.customer,
            "customer_id": self.customer,
            "user": self._user(),
            "customer": self._customer(),
            "benefit_id": self.benefit,
            "key": found.online.key,
            "display_key": f"****-{found.online.key[-6:]}",
            "status": "granted",
            "limit_activations": found.usage.limit,
            "usage": 0,
            "limit_usage": None,
            "validations": 1,
            "last_validated_at": stamp(self.at),
            "expires_at": end_stamp(license_),
            **NOT_TOLD,
        }

    def activation(self, name: str, device: Device) -> dict[str, object]:
        """Return the activation object. `name` is the id that this API gave it."""
        return {
            "id": name,
            "license_key_id": self.id,
            "label": device.label,
            "meta": dict(kept(device.extra).meta),
            "created_at": stamp(device.activated_at),
            "modified_at": None,
        }

    def _email(self) -> str:
        return self.found.online.license.email if self.found.terms.answer_email else ""

    def _user(self) -> Document:
        return {
            "id": self.customer,
            "email": self._email(),
            "public_name": "",
            "avatar_url": None,
        }

    def _customer(self) -> Document:
        return {
            "id": self.customer,
            "created_at": stamp(self.found.online.license.issued_at),
            "modified_at": None,
            "metadata": {},
            "external_id": None,
            "email": self._email(),
            "email_verified": False,
            "type": "individual",
            "name": None,
            "billing_name": None,
            "billing_address": None,
            "tax_id": None,
            "locale": None,
            "organization_id": self.organization,
            "default_payment_method_id": None,
            "deleted_at": None,
            "first_user_event_at": None,
            "avatar_url": "",
        }
