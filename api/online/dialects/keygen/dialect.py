"""Keygen's API, as far as apps with a license key use it."""

from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.online.dialects.base import DialectParts
from api.online.dialects.keygen.asking import PREFIX, KeygenAsking
from api.online.dialects.keygen.license_answers import LicenseAnswers
from api.online.dialects.keygen.licenses import account_of
from api.online.dialects.keygen.machine_answers import MachineAnswers
from api.online.dialects.keygen.refusals import KeygenWords, RefusedError, refusal
from api.online.dialects.keygen.signatures import ALGORITHM, Signing, asked_algorithm
from api.online.dialects.keygen.wire import require_acceptable
from api.online.fields import BadRequestError
from api.online.open_routes import Answer, open_route

CANNOT: Mapping[str, str] = {
    "tokens": "Only a license key authenticates, because an app needs nothing else. A bearer token "
    "is TOKEN_INVALID.",
    "the seller's calls": "The command line makes and changes licenses, so no app can.",
    "users, groups, entitlements, components, processes": "Mintpost has none. A scope that asks "
    "for one is refused, and the list of entitlements is empty. The license's metadata has tier "
    "and seats.",
    "policies": "Each product and tier has one, under a derived id. A scope with another is "
    "refused.",
    "scope of version, checksum and environment": "Mintpost has no releases and one environment, "
    "so these three are not checked.",
    "heartbeats": "A heartbeat is answered, and nobody waits for the next one, so no machine "
    "dies and none is released for its silence. Between two heartbeats the status is NOT_STARTED.",
    "the fingerprint of a machine that is named by its id": "Only a hash of it is kept. The id "
    "stands in its place, and an app may send the id as a fingerprint.",
    "host name and address of a machine": "They tell who a person is, so none is kept or answered.",
    "the limit of processes, users, cores and uses": "Only machines are counted.",
    "machine files": "License files carry an app through the same time offline.",
    "license files for ever": "A file is good for the product's lease_days at most, and not after "
    "the license's end and grace, because nobody can take a file back.",
    "signatures with RSA or P-256": "The answer key is an Ed25519 key.",
    "signed license keys": "A key has no scheme: it says nothing without a question.",
    "last validation, check-in and check-out": "A question writes nothing, so only a validation's "
    "own answer has its time.",
    "page after page": "A list has its first 100 machines.",
}

Path: TypeAlias = tuple[str, Answer, Collection[str]]


class KeygenDialect:
    name: ClassVar[str] = "keygen"
    cannot: ClassVar[Mapping[str, str]] = CANNOT

    def routes(self, parts: DialectParts) -> APIRouter:
        """Return the paths with an account, as apps send them, and without, as SDKs do."""
        router, words = APIRouter(), KeygenWords()
        clock = parts.asking.licenses.clock
        signing = Signing(parts.signer, account_of(parts.issuer), clock)
        for path, answer, methods in _paths(KeygenAsking(parts)):
            for base in (PREFIX, PREFIX + "/accounts/{account}"):
                open_route(
                    router, base + path, _refusing(answer), words, methods, finish=signing.finish
                )
        return router


def _paths(asking: KeygenAsking) -> Iterator[Path]:
    licenses, machines = LicenseAnswers(asking), MachineAnswers(asking)
    yield "/licenses/actions/validate-key", licenses.validate_key, ["POST"]
    yield "/licenses/{license}/actions/validate", licenses.validate, ["POST"]
    yield "/licenses/{license}/actions/check-out", licenses.check_out, ["GET", "POST"]
    yield "/licenses/{license}/entitlements", licenses.entitlements, ["GET"]
    yield "/licenses/{license}/machines", machines.of_license, ["GET"]
    yield "/licenses/{license}", licenses.see, ["GET"]
    yield "/me", licenses.me, ["GET"]
    yield "/machines", machines.collection, ["GET", "POST"]
    yield "/machines/{machine}", machines.one, ["DELETE", "GET"]
    yield "/machines/{machine}/actions/ping", machines.heartbeat, ["POST"]


def _refusing(answer: Answer) -> Answer:
    """Answer refusals of this dialect in its own words."""

    async def answered(request: Request) -> Response:
        try:
            require_acceptable(request)
            _require_our_algorithm(request)
            return await answer(request)
        except RefusedError as error:
            return refusal(error.problem, error.again_after)

    return answered


def _require_our_algorithm(request: Request) -> None:
    if asked_algorithm(request) != ALGORITHM:
        raise BadRequestError(f"invalid accept-signature header (only {ALGORITHM} signs here)")
