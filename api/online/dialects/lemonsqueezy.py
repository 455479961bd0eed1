"""Lemon Squeezy's license API: activate, validate, deactivate.

An instance is a device whose name is a UUID that this API makes. Apps store it, and ask with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.online.asking import Asking
from api.online.dialects.base import DialectParts
from api.online.dialects.common import (
    NO_KEY,
    SHUT,
    end_stamp,
    not_yet,
    same_spelling,
    shown_label,
    stamp,
)
from api.online.fields import BadRequestError, Fields, Kind, read_fields
from api.online.open_routes import open_route
from domain.derived_ids import derived_number
from domain.dialect_ids import ids_of_license
from domain.online import Code, Device, code_of
from operations.verdicts import Activation, Found, Question, Verdict

KINDS = tuple(Kind)

UNKNOWN_KEY = "license_key not found."
UNKNOWN_INSTANCE = "license_key_instance not found."
FULL = "This license key has reached the activation limit."
EXPIRED = "This license key is expired."
DISABLED = "This license key is disabled."

Document = dict[str, object]


class LemonSqueezyDialect:
    """Answers under `/lemonsqueezy/v1/licenses`."""

    name: ClassVar[str] = "lemonsqueezy"
    cannot: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "/v1/license-keys and the other paths with an API key": (
                "they are the seller's, who has the command line"
            ),
            "meta.customer_name": "answers name no buyer, so the text is empty",
        }
    )

    def routes(self, parts: DialectParts) -> APIRouter:
        router = APIRouter()
        answers = _Answers(parts.asking, parts.issuer)
        for verb in (answers.activate, answers.validate, answers.deactivate):
            open_route(router, f"/{self.name}/v1/licenses/{verb.__name__}", verb, WORDS)
        return router


class _Words:
    """Its own server refuses as Laravel does: with a sentence, and one list for each field."""

    def bad_request(self, error: BadRequestError) -> Response:
        if error.field is None:
            return _message(422, f"The request is not understood: {error.why}.", {})
        why = "is required" if error.why == "is missing" else error.why
        sentence = f"The {error.field.replace('_', ' ')} field {why}."
        return _message(422, sentence, {error.field: [sentence]})

    def too_long(self) -> Response:
        return _message(413, "The request is too long.")

    def too_many(self, seconds: int) -> Response:
        return _message(429, f"Too Many Attempts. Try again in {seconds} seconds.")

    def away(self, seconds: int) -> Response:
        return _message(503, f"Service Unavailable. Try again in {seconds} seconds.")


WORDS = _Words()


def _message(status: int, sentence: str, errors: Mapping[str, object] | None = None) -> Response:
    body: Document = {"message": sentence}
    return JSONResponse(body if errors is None else body | {"errors": errors}, status)


@dataclass(frozen=True, slots=True)
class _Answers:
    asking: Asking
    issuer: str

    async def activate(self, request: Request) -> Response:
        """Give the app a new instance, also if one has that name, because apps expect it."""
        fields = await read_fields(request, KINDS)
        key, name = fields.required("license_key"), fields.required("instance_name")
        instance = str(uuid4())
        wish = Activation(key, instance, label=shown_label(name))
        verdict = await self.asking.activate(request, wish)
        if verdict.code is Code.DEVICE_LIMIT and verdict.found is not None:
            return self._refused("activated", verdict, verdict.found, FULL)
        if verdict.found is None or verdict.device is None:
            return self._no("activated", verdict)
        made = _instance(instance, verdict.device)
        return self._done("activated", verdict, verdict.found, {"instance": made})

    async def validate(self, request: Request) -> Response:
        fields = await read_fields(request, KINDS)
        key, instance = fields.required("license_key"), _asked_instance(fields)
        verdict = await self.asking.validate(request, Question(key, device=instance))
        if verdict.found is None or not verdict.valid:
            return self._no("valid", verdict, {"instance": None})
        if instance is None:
            return self._done("valid", verdict, verdict.found, {"instance": None})
        if verdict.device is None:
            return _unknown("valid", UNKNOWN_INSTANCE)
        known = _instance(instance, verdict.device)
        return self._done("valid", verdict, verdict.found, {"instance": known})

    async def deactivate(self, request: Request) -> Response:
        """Release an instance. One of a disabled license stays, as its own server does."""
        fields = await read_fields(request, KINDS)
        key = fields.required("license_key")
        question = Question(key, device=same_spelling(fields.required("instance_id")))
        verdict = await self.asking.validate(request, Question(key))
        if verdict.found is None or verdict.code in SHUT:
            return self._no("deactivated", verdict)
        verdict = await self.asking.deactivate(request, question)
        if verdict.found is None or verdict.code is not Code.DEACTIVATED:
            return self._no("deactivated", verdict)
        return self._done("deactivated", verdict, verdict.found, {})

    def _done(self, flag: str, verdict: Verdict, found: Found, instance: Document) -> Response:
        body = {flag: True, "error": None, **self._license(verdict, found), **instance}
        return JSONResponse(body | {"meta": self._meta(found)})

    def _no(self, flag: str, verdict: Verdict, instance: Document | None = None) -> Response:
        if verdict.code is Code.NOT_READY:
            return not_yet(WORDS)
        if verdict.found is None or verdict.code in NO_KEY:
            return _unknown(flag, UNKNOWN_KEY)
        if verdict.code is Code.DEVICE_NOT_ACTIVATED:
            return _unknown(flag, UNKNOWN_INSTANCE)
        why = EXPIRED if verdict.code is Code.EXPIRED else DISABLED
        return self._refused(flag, verdict, verdict.found, why, instance)

    def _refused(
        self, flag: str, verdict: Verdict, found: Found, why: str, instance: Document | None = None
    ) -> Response:
        body = {flag: False, "error": why, **self._license(verdict, found), **(instance or {})}
        return JSONResponse(body | {"meta": self._meta(found)}, 400)

    def _license(self, verdict: Verdict, found: Found) -> Document:
        license_, usage = found.online.license, found.usage
        number = derived_number(
            "lemonsqueezy license", self.issuer, license_.token_id or license_.id
        )
        return {
            "license_key": {
                "id": number,
                "status": _status(verdict, found),
                "key": found.online.key,
                "activation_limit": usage.limit,
                "activation_usage": usage.used,
                "created_at": stamp(license_.issued_at),
                "expires_at": end_stamp(license_),
                "test_mode": license_.test,
            }
        }

    def _meta(self, found: Found) -> Document:
        license_ = found.online.license
        ids = ids_of_license(self.issuer, license_, found.offer).lemonsqueezy
        order = (self.issuer, license_.source, license_.order_id)
        return {
            "store_id": ids.store,
            "order_id": derived_number("lemonsqueezy order", *order),
            "order_item_id": derived_number("lemonsqueezy item", *order, found.online.sale.line),
            "product_id": ids.product,
            "product_name": license_.product_name,
            "variant_id": ids.variant,
            "variant_name": license_.tier,
            "customer_id": derived_number("lemonsqueezy customer", *order),
            "customer_name": "",
            "customer_email": license_.email if found.terms.answer_email else "",
        }


def _status(verdict: Verdict, found: Found) -> str:
    code = code_of(found.online.license, verdict.at)
    if code in SHUT:
        return "disabled"
    if code is Code.EXPIRED:
        return "expired"
    return "active" if found.usage.used else "inactive"


def _asked_instance(fields: Fields) -> str | None:
    instance = fields.text("instance_id")
    return same_spelling(instance) if instance else None


def _instance(name: str, device: Device) -> Document:
    return {"id": name, "name": device.label, "created_at": stamp(device.activated_at)}


def _unknown(flag: str, why: str) -> Response:
    return JSONResponse({flag: False, "error": why}, 404)
