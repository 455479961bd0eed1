"""Asks for the license of a request, and refuses requests that prove none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import Request

from api.online.dialects.base import DialectParts
from api.online.dialects.keygen.authentication import key_of
from api.online.dialects.keygen.licenses import SUSPENDED, KeygenLicense
from api.online.dialects.keygen.machines import Machine, find_machine
from api.online.dialects.keygen.refusals import Problem, RefusedError, not_found
from api.online.open_routes import AGAIN_AFTER
from domain.online import Code
from operations.verdicts import Belongs, Found, Question, Verdict

PREFIX = "/keygen/v1"

INVALID = Problem(401, "License key is invalid", "LICENSE_INVALID")
IS_SUSPENDED = Problem(403, "License is suspended", "LICENSE_SUSPENDED")
IS_EXPIRED = Problem(403, "License is expired", "LICENSE_EXPIRED")
NOT_READY = Problem(503, "The license of this key is being made")


@dataclass(frozen=True, slots=True)
class Proven:
    """A license, the key that proved it, and the machine that the request names, if it is known."""

    license: KeygenLicense
    key: str
    verdict: Verdict
    machine: Machine | None = None


@dataclass(frozen=True, slots=True)
class KeygenAsking:
    parts: DialectParts

    async def ask(self, request: Request, question: Question) -> Verdict:
        """Return the verdict. Raises RefusedError while the license is being minted."""
        verdict = await self.parts.asking.validate(request, question)
        return ready(verdict)

    async def prove(self, request: Request, name: str | None = None) -> Proven:
        """Return the license of the request's key. `name`: the fingerprint or id of a machine."""
        key = key_of(request)
        verdict = await self.ask(request, Question(key, self.belongs(request), name))
        if verdict.found is None:
            raise RefusedError(INVALID)
        if verdict.code in SUSPENDED:
            raise RefusedError(IS_SUSPENDED)
        names = () if name is None else (name,)
        machine = await self.machine(verdict, names)
        return Proven(self.license_of(request, verdict.found), key, verdict, machine)

    async def prove_named(self, request: Request) -> Proven:
        """Return the license of the request's key, if the path names the same."""
        proven, name = await self.prove(request), request.path_params["license"]
        if not proven.license.is_named(name, proven.key):
            raise not_found("license", name)
        return proven

    async def machine(self, verdict: Verdict, names: Sequence[str]) -> Machine | None:
        """Return the first machine with one of these fingerprints or ids.

        The verdict's device, if it has one, is the machine of the first name.
        """
        if verdict.device is not None and names:
            return Machine(verdict.device, names[0])
        return await self.find(verdict, names)

    async def find(self, verdict: Verdict, names: Sequence[str]) -> Machine | None:
        if verdict.found is None or not names:
            return None
        license_id = verdict.found.online.license.id
        database = self.parts.asking.database
        machine = await database.read(find_machine, license_id, names)
        if machine is not None and is_good(verdict):
            self.parts.asking.see(replace(verdict, device=machine.device))
        return machine

    def license_of(self, request: Request, found: Found) -> KeygenLicense:
        return KeygenLicense(found, self.parts.issuer, base_of(request))

    def belongs(self, request: Request) -> Belongs:
        """Tell of a license whether the seller set no account, or the one of the path."""
        account = request.path_params.get("account")

        def is_of_account(found: Found) -> bool:
            if account is None or found.terms.keygen is None:
                return True
            return self.license_of(request, found).is_of_account(str(account))

        return is_of_account


def is_good(verdict: Verdict) -> bool:
    """Tell whether the license is good, whatever holds for its device."""
    return verdict.code in {Code.VALID, Code.DEVICE_NOT_ACTIVATED}


def ready(verdict: Verdict) -> Verdict:
    if verdict.code is Code.NOT_READY:
        # The key may become good, and a verdict would end the app's patience.
        raise RefusedError(NOT_READY, round(AGAIN_AFTER.total_seconds()))
    return verdict


def base_of(request: Request) -> str:
    """Return the path before each link, with the account if the app names one."""
    if "account" not in request.path_params:
        return PREFIX
    return "/".join(request.scope["raw_path"].decode("ascii").split("/")[:5])
