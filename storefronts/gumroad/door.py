"""Gumroad's door: the seller gave Gumroad a URL with the secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from domain.errors import SaleInvalidError
from domain.event import EventKind
from domain.identifiers import is_usable, is_usable_order_id
from kit.doors.base import Envelope
from kit.doors.labeled_secrets import MatchedSecret, live
from kit.doors.spellings import HiddenSecrets
from kit.doors.url_secret import UrlSecrets
from kit.doors.url_secret_causes import why_secret_refused
from storefronts.base import Door, Naming, StoredRequest
from storefronts.gumroad.fields import read_fields
from storefronts.gumroad.kinds import kind_or_unknown
from storefronts.gumroad.package import GUMROAD


class GumroadDoor(Door):
    """A ping has no signature. The field `test` marks a test, so every secret is a live secret."""

    name: ClassVar[str] = GUMROAD.name
    address_ends: ClassVar[str] = GUMROAD.address_ends.format("...")

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = UrlSecrets(live(secrets))
        self._hidden = HiddenSecrets(secrets)
        self._missing = None if secrets else GUMROAD.secret_variable

    @override
    def screen(self, envelope: Envelope, at: datetime) -> MatchedSecret | None:
        return self._secrets.match(envelope)

    @override
    def why_refused(self, envelope: Envelope, at: datetime) -> str:
        return why_secret_refused(envelope)

    @override
    def holds_secret(self, text: str) -> bool:
        return self._hidden.stand_in(text)

    @override
    def missing(self) -> str | None:
        return self._missing

    @override
    def name_request(self, ping: StoredRequest) -> Naming:
        try:
            fields = read_fields(ping)
        except SaleInvalidError:
            return Naming(EventKind.UNKNOWN)
        product_id = fields.usable("product_id", is_usable)
        return Naming(
            kind_or_unknown(fields),
            order_id=fields.usable("sale_id", is_usable_order_id),
            product_ids=() if product_id is None else (product_id,),
        )
