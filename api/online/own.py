"""Mintpost's own API: validate, activate, deactivate."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.online.asking import Asking
from api.online.fields import BadRequestError, Fields, Kind, read_fields
from api.online.open_routes import open_route
from api.online.own_answers import Asked, OwnWords, own_answer
from domain.online import LONGEST_DEVICE, LONGEST_LABEL
from domain.text import is_one_line
from licensing.answers import AnswerSigner
from operations.verdicts import Activation, Belongs, Question

KINDS = (Kind.JSON, Kind.FORM)

SHORTEST_NONCE, LONGEST_NONCE = 16, 64
"""In characters. Shorter nonces could repeat."""

MOST_LEASE_DAYS = 365


def own_routes(asking: Asking, signer: AnswerSigner) -> APIRouter:
    verbs = OwnVerbs(asking, signer)
    router, words = APIRouter(), OwnWords()
    open_route(router, "/v1/validate", verbs.validate, words)
    open_route(router, "/v1/activate", verbs.activate, words)
    open_route(router, "/v1/deactivate", verbs.deactivate, words)
    return router


@dataclass(frozen=True, slots=True)
class OwnVerbs:
    asking: Asking
    signer: AnswerSigner

    async def validate(self, request: Request) -> Response:
        fields = await read_fields(request, KINDS)
        key, device = fields.required("key"), _device(fields)
        asked = Asked(device, _nonce(fields), _lease_days(fields))
        question = Question(key, _belongs(fields), device)
        return own_answer(await self.asking.validate(request, question), asked, self.signer)

    async def activate(self, request: Request) -> Response:
        fields = await read_fields(request, KINDS)
        key, device = fields.required("key"), _required_device(fields)
        wish = Activation(
            key,
            device,
            _belongs(fields),
            label=_label(fields),
            replace_unseen=fields.flag("replace") or False,
        )
        asked = Asked(device, _nonce(fields), _lease_days(fields))
        return own_answer(await self.asking.activate(request, wish), asked, self.signer)

    async def deactivate(self, request: Request) -> Response:
        fields = await read_fields(request, KINDS)
        question = Question(fields.required("key"), device=_required_device(fields))
        verdict = await self.asking.deactivate(request, question)
        return own_answer(verdict, Asked(question.device), self.signer)


def _device(fields: Fields) -> str | None:
    device = fields.text("device")
    if device is not None and not 0 < len(device.encode()) <= LONGEST_DEVICE:
        raise BadRequestError(f"must have 1 to {LONGEST_DEVICE} bytes", "device")
    return device


def _required_device(fields: Fields) -> str:
    device = _device(fields)
    if device is None:
        raise BadRequestError("is missing", "device")
    return device


def _label(fields: Fields) -> str:
    label = fields.text("label") or ""
    if len(label) > LONGEST_LABEL:
        raise BadRequestError(f"must have at most {LONGEST_LABEL} characters", "label")
    if not is_one_line(label):
        raise BadRequestError("must be one line without control characters", "label")
    return label


def _nonce(fields: Fields) -> str | None:
    nonce = fields.text("nonce")
    if nonce is not None and not SHORTEST_NONCE <= len(nonce) <= LONGEST_NONCE:
        raise BadRequestError(f"must have {SHORTEST_NONCE} to {LONGEST_NONCE} characters", "nonce")
    return nonce


def _lease_days(fields: Fields) -> int | None:
    days = fields.number("lease_days")
    if days is not None and not 0 <= days <= MOST_LEASE_DAYS:
        raise BadRequestError(f"must be 0 to {MOST_LEASE_DAYS}", "lease_days")
    return days


def _belongs(fields: Fields) -> Belongs | None:
    product = fields.text("product")
    return None if product is None else lambda found: product in found.product_names
