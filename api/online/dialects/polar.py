"""Polar's license API: validate, activate, deactivate.

An activation is a device whose name is a UUID that this API makes. Apps store it, and ask with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.online.asking import Asking
from api.online.dialects.base import DialectParts
from api.online.dialects.common import NO_KEY, SHUT, not_yet, shown_label
from api.online.dialects.polar_documents import PolarLicense
from api.online.dialects.polar_questions import (
    AskedChecks,
    AskedLicense,
    PolarFieldError,
    asked_activation,
    asked_checks,
    asked_facts,
    asked_label,
    asked_license,
    kept,
)
from api.online.fields import BadRequestError, Kind, read_fields
from api.online.open_routes import open_route
from domain.online import Code, Device
from operations.verdicts import Activation, Belongs, Found, Question, Verdict

KINDS = (Kind.JSON,)

VERSION = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)

FACES = ("customer-portal/license-keys", "license-keys")
"""The paths for apps, and their twins for the seller's own server."""

NOT_FOUND = "Not found"
SHUT_NOW = "License key is no longer active."
OVER = "License key has expired."
OTHER_CONDITIONS = "License key does not match required conditions"
OTHER_BENEFIT = "License key does not match given benefit."
OTHER_CUSTOMER = "License key does not match given user."
FULL = "License key activation limit already reached"

KINDS_OF_MISTAKES = MappingProxyType(
    {
        "is missing": ("missing", "Field required"),
        "must be text": ("string_type", "Input should be a valid string"),
        "must be a whole number": ("int_type", "Input should be a valid integer"),
        "must be an object": ("dict_type", "Input should be a valid dictionary"),
    }
)


class PolarDialect:
    """Answers under `/polar/v1`."""

    name: ClassVar[str] = "polar"
    cannot: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "increment_usage": "no use is counted: usage stays 0, and limit_usage null",
            "validations": "an answer costs no write, so each says 1, and the time of this one",
            "the other paths": "they are the seller's, who has the command line",
        }
    )

    def routes(self, parts: DialectParts) -> APIRouter:
        router = APIRouter()
        answers = _Answers(parts.asking, parts.issuer)
        for face in FACES:
            for verb in (answers.validate, answers.activate, answers.deactivate):
                path = f"/{self.name}/v1/{face}/{verb.__name__}"
                open_route(router, path, verb, WORDS, finish=_name_version)
        return router


class _Words:
    """Polar refuses with the name of an error and a sentence, or a list of mistakes."""

    def bad_request(self, error: BadRequestError) -> Response:
        kind, why = KINDS_OF_MISTAKES.get(error.why, ("value_error", error.why))
        given = None
        if isinstance(error, PolarFieldError):
            kind, given = error.kind, error.given
        at = ["body"] if error.field is None else ["body", error.field]
        mistake = {"type": kind, "loc": at, "msg": why, "input": given}
        return JSONResponse({"error": "RequestValidationError", "detail": [mistake]}, 422)

    def too_long(self) -> Response:
        return _error(413, "RequestTooLong", "The request is too long.")

    def too_many(self, seconds: int) -> Response:
        return _error(429, "TooManyRequests", f"Try again in {seconds} seconds.")

    def away(self, seconds: int) -> Response:
        return _error(503, "ServiceUnavailable", f"Try again in {seconds} seconds.")


WORDS = _Words()


def _name_version(request: Request, response: Response) -> None:
    """Return the version that a new SDK asks for, because one body pleases them all."""
    version = request.headers.get("polar-version", "")
    if VERSION.fullmatch(version):
        response.headers["Polar-Version"] = version
        response.headers["Access-Control-Expose-Headers"] = "Polar-Version, Retry-After"


def _error(status: int, name: str, detail: str) -> Response:
    return JSONResponse({"error": name, "detail": detail}, status)


def _missing(detail: str) -> Response:
    return _error(404, "ResourceNotFound", detail)


def _forbidden(detail: str) -> Response:
    return _error(403, "NotPermitted", detail)


@dataclass(frozen=True, slots=True)
class _Answers:
    asking: Asking
    issuer: str

    async def validate(self, request: Request) -> Response:
        fields = await read_fields(request, KINDS)
        asked, checks = asked_license(fields), asked_checks(fields)
        question = Question(asked.key, _sold_by(asked.organization), checks.activation)
        verdict = await self.asking.validate(request, question)
        if verdict.found is None or not verdict.valid:
            return _no(verdict)
        polar = self._polar(asked, verdict, verdict.found)
        body = polar.license_key() | {"activation": None}
        if checks.activation is not None:
            if verdict.device is None:
                return _missing(NOT_FOUND)
            body["activation"] = polar.activation(checks.activation, verdict.device)
        mismatch = _mismatch(polar, checks, verdict.device)
        return JSONResponse(body) if mismatch is None else _missing(mismatch)

    async def activate(self, request: Request) -> Response:
        """Give the app a new activation, also if one has that label, because apps expect it."""
        fields = await read_fields(request, KINDS)
        asked, name = asked_license(fields), str(uuid4())
        wish = Activation(
            asked.key,
            name,
            belongs=_sold_by(asked.organization),
            label=shown_label(asked_label(fields)),
            extra=asked_facts(fields).as_extra(),
        )
        verdict = await self.asking.activate(request, wish)
        if verdict.found is None or verdict.device is None:
            return _not_activated(verdict)
        polar = self._polar(asked, verdict, verdict.found)
        activation = polar.activation(name, verdict.device)
        return JSONResponse(activation | {"license_key": polar.license_key()})

    async def deactivate(self, request: Request) -> Response:
        """Release an activation, whatever the state of the license."""
        fields = await read_fields(request, KINDS)
        asked, activation = asked_license(fields), asked_activation(fields)
        question = Question(asked.key, _sold_by(asked.organization), activation)
        verdict = await self.asking.deactivate(request, question)
        return Response(status_code=204) if verdict.code is Code.DEACTIVATED else _no(verdict)

    def _polar(self, asked: AskedLicense, verdict: Verdict, found: Found) -> PolarLicense:
        return PolarLicense(self.issuer, asked.organization, found, verdict.at)


def _sold_by(organization: str) -> Belongs:
    def belongs(found: Found) -> bool:
        named = found.terms.polar
        return named is None or named.organization == organization

    return belongs


def _no(verdict: Verdict) -> Response:
    if verdict.code is Code.NOT_READY:
        return not_yet(WORDS)
    if verdict.code in SHUT:
        return _missing(SHUT_NOW)
    return _missing(OVER if verdict.code is Code.EXPIRED else NOT_FOUND)


def _not_activated(verdict: Verdict) -> Response:
    if verdict.code in NO_KEY or verdict.code is Code.NOT_READY:
        return _no(verdict)
    if verdict.code is Code.DEVICE_LIMIT:
        return _forbidden(FULL)
    if verdict.code is Code.EXPIRED:
        return _forbidden(OVER)
    return _forbidden(f"{SHUT_NOW} This license key can not be activated.")


def _mismatch(polar: PolarLicense, checks: AskedChecks, device: Device | None) -> str | None:
    """Return the first condition that fails, in Polar's order."""
    needed = {} if device is None else kept(device.extra).conditions
    if needed and needed != checks.conditions:
        return OTHER_CONDITIONS
    if checks.benefit not in {None, polar.benefit}:
        return OTHER_BENEFIT
    return OTHER_CUSTOMER if checks.customer not in {None, polar.customer} else None
