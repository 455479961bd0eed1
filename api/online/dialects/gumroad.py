"""Gumroad's verify call, answered by Mintpost's licenses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from api.online.asking import Asking
from api.online.dialects.base import DialectParts
from api.online.dialects.common import not_yet
from api.online.dialects.gumroad_purchase import Told, is_subscription, purchase
from api.online.fields import BadRequestError, Fields, Kind, read_fields
from api.online.open_routes import open_route
from domain.online import Code
from operations.verdicts import Found, Question, Verdict

PATHS = ("/gumroad/v2/licenses/verify", "/gumroad/api/v2/licenses/verify")
KINDS = (Kind.FORM, Kind.MULTIPART, Kind.JSON)

PERMALINKS = ("id", "link_id", "product_permalink")
"""The fields of older apps. The first that is there counts."""

TEXTS = ("license_key", "product_id", *PERMALINKS)

UNKNOWN = "That license does not exist for the provided product."
DISABLED = "This license key has been disabled."
ENDED = "Access to the purchase associated with this license has expired."

REFUSED: Mapping[Code, str] = {
    Code.DISABLED: DISABLED,
    Code.EXPIRED: ENDED,
    # Gumroad has no pause. Its access can come back as well, and then the app goes on.
    Code.PAUSED: ENDED,
}

TOLD = frozenset({Code.VALID, Code.REFUNDED, Code.DISPUTED})
"""The verdicts that apps read in the flags of the purchase."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An app's question. `name` is the product's id, or its permalink."""

    key: str
    name: str
    is_permalink: bool
    counts: bool

    def belongs(self, found: Found) -> bool:
        if self.is_permalink:
            return self.name.casefold() in {name.casefold() for name in found.product_names}
        return self.name in found.product_names


class GumroadDialect:
    name: ClassVar[str] = "gumroad"
    cannot: ClassVar[Mapping[str, str]] = {
        "PUT /v2/licenses/{enable,disable,decrement_uses_count,rotate}": (
            "these are the seller's calls, and `mintpost` has commands for them"
        ),
        "purchase.full_name, purchase.email and custom_fields": (
            "apps get no data of buyers; an entry with `answer_email: true` answers the address"
        ),
        "purchase.gumroad_fee, seller_id, referrer, card, offer_code, ip_country": (
            "Mintpost does not know them, and answers 0, its issuer, an empty text or nothing"
        ),
        "uses of a refused license": "only a question about a good license counts",
        "500 for a permalink": "Mintpost never demands product_id in place of the permalink",
    }

    def routes(self, parts: DialectParts) -> APIRouter:
        router, verify = APIRouter(), Verify(parts.asking, parts.issuer)
        for path in PATHS:
            open_route(router, path, verify.answer, WORDS)
        return router


@dataclass(frozen=True, slots=True)
class Verify:
    asking: Asking
    issuer: str

    async def answer(self, request: Request) -> Response:
        asked = _asked(await read_fields(request, KINDS, query=True))
        if not asked.key or not asked.name:
            return _refused(UNKNOWN)
        verdict = await self.asking.validate(request, Question(asked.key, asked.belongs))
        if verdict.code is Code.NOT_READY:
            return not_yet(WORDS)
        if verdict.found is None:
            return _refused(UNKNOWN)
        if not _is_told(verdict.code, verdict.found):
            return _refused(REFUSED.get(verdict.code, ENDED))
        return await self._told(asked, verdict, verdict.found)

    async def _told(self, asked: Asked, verdict: Verdict, found: Found) -> Response:
        license_id = found.online.license.id
        count = self.asking.count_use if asked.counts and verdict.valid else self.asking.uses
        product_id = found.online.license.product_id if asked.is_permalink else asked.name
        told = Told(found, verdict.code, product_id, self.issuer)
        answer = {"success": True, "uses": await count(license_id), "purchase": purchase(told)}
        return JSONResponse(answer)


class GumroadWords:
    """Refuses in Gumroad's words, but not in JSON where a refusal is no verdict.

    electron-gumroad-license 1.1.0 forgets the license at any JSON without `success`, whatever the
    status, and keeps the license at a text that is no JSON.
    """

    def bad_request(self, error: BadRequestError) -> Response:
        if error.field in TEXTS:
            return _refused(f"The '{error.field}' parameter must be a string.", 400)
        return _refused(f"The request could not be read: {error.why}.", 400)

    def too_long(self) -> Response:
        return PlainTextResponse("The request is too long.", 413)

    def too_many(self, seconds: int) -> Response:
        return PlainTextResponse(f"Too many requests. Try again in {seconds} seconds.", 429)

    def away(self, seconds: int) -> Response:
        told = f"No license can be checked now. Try again in {seconds} seconds."
        return PlainTextResponse(told, 503)


WORDS = GumroadWords()


def _asked(fields: Fields) -> Asked:
    texts = {name: fields.text(name) or "" for name in TEXTS}
    permalink = next((texts[name] for name in PERMALINKS if texts[name]), "")
    flag = fields.values.get("increment_uses_count")
    return Asked(
        key=texts["license_key"],
        name=texts["product_id"] or permalink,
        is_permalink=not texts["product_id"],
        # Gumroad counts at every other value, `0` and `no` included.
        counts=flag is not False and flag != "false",
    )


def _is_told(code: Code, found: Found) -> bool:
    return code in TOLD or (code is Code.EXPIRED and is_subscription(found))


def _refused(message: str, status: int = 404) -> Response:
    return JSONResponse({"success": False, "message": message}, status)
