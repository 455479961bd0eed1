"""The answers and refusals of Mintpost's own API, as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from fastapi.responses import JSONResponse, Response

from api.online.fields import LONGEST_BODY, BadRequestError
from domain.license import License, Standing
from domain.online import NOT_TOLD, Code, Device
from kit.times import iso
from licensing.answers import Answer, AnswerSigner, LicenseClaims
from operations.verdicts import Found, Verdict

SHORT = timedelta(minutes=5)
"""The life of a signed refusal, and of an answer without a lease."""

MINTED_AFTER = timedelta(seconds=5)
"""The pause before an app asks again for a license that is being minted."""

MESSAGES: Mapping[Code, str] = MappingProxyType(
    {
        Code.VALID: "This license is valid.",
        Code.MISTYPED_KEY: "This license key is mistyped. Compare it with the license e-mail.",
        Code.UNKNOWN_KEY: "This license key is unknown.",
        Code.WRONG_PRODUCT: "This license is for another product.",
        Code.EXPIRED: "This license has expired.",
        Code.REFUNDED: "This license has ended, because its payment was refunded.",
        Code.DISPUTED: "This license is on hold, because its payment is disputed.",
        Code.PAUSED: "This license is on hold, because its subscription is paused.",
        Code.DISABLED: "This license has been disabled by the seller.",
        Code.DEVICE_NOT_ACTIVATED: "This license is not activated on this device.",
        Code.DEVICE_LIMIT: "This license is already active on as many devices as it allows.",
        Code.NOT_READY: "This license is being made. Try again in a moment.",
        Code.DEACTIVATED: "This license is no longer active on this device.",
    }
)
ON_THIS_DEVICE = "This license is valid on this device."

HAS_TOKEN = frozenset({Code.VALID, Code.EXPIRED})


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a question that its answer repeats or obeys.

    `lease_days` None: as many as the product gives.
    """

    device: str | None = None
    nonce: str | None = None
    lease_days: int | None = None


def own_answer(verdict: Verdict, asked: Asked, signer: AnswerSigner) -> Response:
    """Return a verdict. Every field is always there, and null where the answer has none."""
    found = None if verdict.code in NOT_TOLD else verdict.found
    document: dict[str, object] = {
        "valid": verdict.valid,
        "code": verdict.code.value,
        "message": MESSAGES[verdict.code],
        "license": None,
        "device": None,
        "devices": None,
        "time": _time(verdict.at),
        "answer": signer.sign(_claims(verdict, asked, found)),
        "token": None,
    }
    if found is not None:
        document |= _told(verdict, found)
    headers = {"Retry-After": str(MINTED_AFTER.seconds)} if verdict.code is Code.NOT_READY else None
    return JSONResponse(document, headers=headers)


def _told(verdict: Verdict, found: Found) -> dict[str, object]:
    told: dict[str, object] = {
        "license": _license(found.online.license, verdict.at),
        "devices": {"used": found.usage.used, "limit": found.usage.limit},
    }
    if verdict.device is not None:
        told["device"] = _device(verdict.device)
        if verdict.valid:
            told["message"] = ON_THIS_DEVICE
    if verdict.code is Code.DEVICE_LIMIT:
        others = [{"id": one.id, **_device(one)} for one in verdict.others]
        told["devices"] = {"used": found.usage.used, "limit": found.usage.limit, "list": others}
    if verdict.code in HAS_TOKEN:
        told["token"] = found.online.token
    return told


def _license(license_: License, now: datetime) -> dict[str, object]:
    return {
        "id": public_id(license_),
        "product": license_.product_id,
        "tier": license_.tier,
        "seats": license_.seats,
        "test": license_.test,
        "issued_at": _time(license_.issued_at),
        "expires_at": _time(license_.expires_at),
        "in_grace": license_.standing(now) is Standing.GRACE,
    }


def _device(device: Device) -> dict[str, object]:
    return {
        "label": device.label,
        "activated_at": _time(device.activated_at),
        "last_seen": _time(device.last_seen),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment.replace(microsecond=0))


def public_id(license_: License) -> str:
    """Return the `jti` of the license's tokens."""
    return license_.token_id or str(license_.id)


def _claims(verdict: Verdict, asked: Asked, found: Found | None) -> Answer:
    claims = None
    if found is not None:
        license_ = found.online.license
        claims = LicenseClaims(
            public_id(license_), license_.product_id, license_.tier, license_.seats
        )
    return Answer(
        code=verdict.code,
        issued_at=verdict.at,
        expires_at=_expires_at(verdict, asked),
        device=asked.device,
        nonce=asked.nonce,
        license=claims,
    )


def _expires_at(verdict: Verdict, asked: Asked) -> datetime:
    """Return the end of the lease: never after the end of the license."""
    if verdict.found is None or not verdict.valid:
        return verdict.at + SHORT
    days = verdict.found.terms.lease_days
    if asked.lease_days is not None:
        days = min(days, asked.lease_days)
    ends_at = verdict.at + (timedelta(days=days) or SHORT)
    good_until = verdict.found.online.license.good_until
    return ends_at if good_until is None else min(ends_at, good_until)


class OwnWords:
    """Refusals. They have no `valid`, because they judge no license."""

    def bad_request(self, error: BadRequestError) -> Response:
        if error.field is None:
            return _refusal(400, "BAD_REQUEST", f"{error.why[0].upper()}{error.why[1:]}.")
        return _refusal(400, "BAD_REQUEST", f"The field {error.field} {error.why}.", error.field)

    def too_long(self) -> Response:
        return _refusal(413, "TOO_LONG", f"The body has more than {LONGEST_BODY} bytes.")

    def too_many(self, seconds: int) -> Response:
        return _refusal(429, "TOO_MANY", f"Too many requests came. Ask again in {seconds} seconds.")

    def away(self, seconds: int) -> Response:
        sentence = f"No answer is possible now. Ask again in {seconds} seconds."
        return _refusal(503, "UNAVAILABLE", sentence)


def _refusal(status: int, code: str, message: str, field: str | None = None) -> Response:
    return JSONResponse({"code": code, "field": field, "message": message}, status)
