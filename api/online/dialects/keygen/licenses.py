"""A license as Keygen's documents tell it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.online.dialects.keygen.wire import Document, stamp, stamp_or_none
from domain.derived_ids import derived_uuid
from domain.dialect_ids import DialectIds, ids_of_license
from domain.folding import fold_key
from domain.online import Code
from operations.verdicts import Found

SUSPENDED = frozenset({Code.REFUNDED, Code.DISPUTED, Code.PAUSED, Code.DISABLED})
"""The verdicts for which Keygen has one word."""


def account_of(issuer: str) -> str:
    return derived_uuid("keygen account", issuer)


@dataclass(frozen=True, slots=True)
class KeygenLicense:
    """A license under its ids in Keygen. `base` stands before each link: prefix and account."""

    found: Found
    issuer: str
    base: str

    @property
    def id(self) -> str:
        license_ = self.found.online.license
        return derived_uuid("keygen license", self.issuer, license_.token_id or license_.id)

    @property
    def account_id(self) -> str:
        """Return a UUID, also for an account that the seller names in words."""
        account = self._ids().keygen.account
        return account if _is_uuid(account) else account_of(account)

    def is_of_account(self, name: str) -> bool:
        """Tell whether a path names the account: by the seller's word, or by the id of answers."""
        return name.lower() in {self._ids().keygen.account.lower(), self.account_id.lower()}

    @property
    def product_id(self) -> str:
        return self._ids().keygen.product

    @property
    def policy_id(self) -> str:
        ids = self._ids()
        return derived_uuid("keygen policy", self.issuer, ids.product_id, ids.tier)

    @property
    def link(self) -> str:
        return f"{self.base}/licenses/{self.id}"

    @property
    def only_one(self) -> bool:
        """Tell whether one device alone may have a place. Keygen has two sorts of codes for it."""
        return self.found.usage.limit == 1

    def is_named(self, name: str, asked_with: str) -> bool:
        """Tell whether a path names this license: by id, or by a key that the app proved."""
        own = self.found.online
        keys = {fold_key(key) for key in (own.key, own.license.key, asked_with)}
        return name.lower() == self.id or fold_key(name) in keys

    def _ids(self) -> DialectIds:
        return ids_of_license(self.issuer, self.found.online.license, self.found.offer)


def license_resource(
    license_: KeygenLicense, code: Code, validated: datetime | None = None
) -> Document:
    """Return the resource. `validated` is the time of this validation, which nothing keeps."""
    return {
        "id": license_.id,
        "type": "licenses",
        "attributes": _attributes(license_, code, validated),
        "relationships": _relationships(license_),
        "links": {"self": license_.link},
    }


def related(link: str, kind: str, identifier: str) -> Document:
    return {"links": {"related": link}, "data": {"type": kind, "id": identifier}}


def nobody(link: str) -> Document:
    return {"links": {"related": link}, "data": None}


def related_account(license_: KeygenLicense) -> Document:
    return related(license_.base, "accounts", license_.account_id)


def _attributes(license_: KeygenLicense, code: Code, validated: datetime | None) -> Document:
    own = license_.found.online.license
    created = stamp(own.issued_at)
    return {
        "name": None,
        "key": license_.found.online.key,
        # Keygen knows no grace, and its apps compare this time with their clock.
        "expiry": stamp_or_none(own.good_until),
        "status": _status(code),
        "uses": 0,
        "suspended": code in SUSPENDED,
        "scheme": None,
        "encrypted": False,
        "strict": False,
        "floating": not license_.only_one,
        "protected": False,
        "version": None,
        "maxMachines": license_.found.usage.limit,
        **dict.fromkeys(UNLIMITED),
        "requireHeartbeat": False,
        "requireCheckIn": False,
        "lastValidated": stamp_or_none(validated),
        "lastCheckIn": None,
        "nextCheckIn": None,
        "lastCheckOut": None,
        "permissions": [],
        "metadata": {"tier": own.tier, "seats": own.seats, "test": own.test},
        "created": created,
        "updated": created,
    }


UNLIMITED = ("maxProcesses", "maxUsers", "maxCores", "maxMemory", "maxDisk", "maxUses")


def _status(code: Code) -> str:
    if code in SUSPENDED:
        return "SUSPENDED"
    return "EXPIRED" if code is Code.EXPIRED else "ACTIVE"


def _relationships(license_: KeygenLicense) -> Document:
    link = license_.link
    counted: Document = {
        "cores": 0,
        "memory": 0,
        "disk": 0,
        "count": license_.found.usage.used,
    }
    return {
        "account": related_account(license_),
        "product": related(f"{link}/product", "products", license_.product_id),
        "policy": related(f"{link}/policy", "policies", license_.policy_id),
        "group": nobody(f"{link}/group"),
        "owner": nobody(f"{link}/owner"),
        "users": {"links": {"related": f"{link}/users"}, "meta": {"count": 0}},
        "machines": {"links": {"related": f"{link}/machines"}, "meta": counted},
        "tokens": {"links": {"related": f"{link}/tokens"}},
        "entitlements": {"links": {"related": f"{link}/entitlements"}},
    }


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
