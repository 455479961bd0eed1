"""Answers Keygen's paths of machines."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from api.online.dialects.keygen.asking import (
    INVALID,
    IS_EXPIRED,
    IS_SUSPENDED,
    KeygenAsking,
    Proven,
    base_of,
    ready,
)
from api.online.dialects.keygen.authentication import key_of
from api.online.dialects.keygen.licenses import SUSPENDED
from api.online.dialects.keygen.machines import Machine, machine_resource, read_machine
from api.online.dialects.keygen.refusals import Problem, RefusedError, not_found
from api.online.dialects.keygen.wire import KINDS, answer_with
from api.online.fields import read_body, read_fields
from db.devices import list_devices
from domain.online import Code, Device, Usage
from operations.verdicts import Activation, Found, Question, Verdict

MOST_LISTED = 100
TAKEN = Problem(
    422, "has already been taken", "FINGERPRINT_TAKEN", pointer="/data/attributes/fingerprint"
)


@dataclass(frozen=True, slots=True)
class MachineAnswers:
    asking: KeygenAsking

    async def collection(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._create(request)
        return await self._list(await self.asking.prove(request))

    async def of_license(self, request: Request) -> Response:
        return await self._list(await self.asking.prove_named(request))

    async def one(self, request: Request) -> Response:
        if request.method == "DELETE":
            return await self._delete(request)
        proven, machine = await self._named(request)
        return answer_with({"data": machine_resource(proven.license, machine)})

    async def heartbeat(self, request: Request) -> Response:
        await read_body(request)  # Nothing in it counts, and it must be short.
        proven, machine = await self._named(request)
        resource = machine_resource(proven.license, machine, alive_at=proven.verdict.at)
        return answer_with({"data": resource})

    async def _create(self, request: Request) -> Response:
        new = read_machine(await read_fields(request, KINDS))
        proven = await self.asking.prove(request, new.fingerprint)
        if not proven.license.is_named(new.license, proven.key):
            detail = "must be the license that authenticates"
            pointer = "/data/relationships/license"
            raise RefusedError(Problem(422, detail, "LICENSE_NOT_ALLOWED", pointer))
        if proven.machine is not None:
            raise RefusedError(TAKEN)
        wish = Activation(
            key=proven.key,
            device=new.fingerprint,
            belongs=self.asking.belongs(request),
            label=new.name,
            extra=new.extra,
        )
        verdict = ready(await self.asking.parts.asking.activate(request, wish))
        found, device = _seated(verdict)
        resource = machine_resource(
            self.asking.license_of(request, found), Machine(device, new.fingerprint)
        )
        where = {"Location": f"{base_of(request)}/machines/{device.id}"}
        return answer_with({"data": resource}, 201, where)

    async def _delete(self, request: Request) -> Response:
        """Release the device, also of a license that is not good any more."""
        name = request.path_params["machine"]
        question = Question(key_of(request), self.asking.belongs(request), name)
        verdict = ready(await self.asking.parts.asking.deactivate(request, question))
        if verdict.found is None:
            raise RefusedError(INVALID)
        if verdict.code is not Code.DEACTIVATED:
            raise not_found("machine", name)
        return Response(status_code=204)

    async def _named(self, request: Request) -> tuple[Proven, Machine]:
        name = request.path_params["machine"]
        proven = await self.asking.prove(request, name)
        if proven.machine is None:
            raise not_found("machine", name)
        return proven, proven.machine

    async def _list(self, proven: Proven) -> Response:
        license_id = proven.license.found.online.license.id
        database = self.asking.parts.asking.database
        devices = await database.read(list_devices, license_id, MOST_LISTED)
        machines = [Machine(device, device.id) for device in devices]
        return answer_with({"data": [machine_resource(proven.license, one) for one in machines]})


def _seated(verdict: Verdict) -> tuple[Found, Device]:
    """Return the license and the device that took a place. Raises RefusedError."""
    found, device = verdict.found, verdict.device
    if found is None:
        raise RefusedError(INVALID)
    if verdict.code in SUSPENDED:
        raise RefusedError(IS_SUSPENDED)
    if verdict.code is Code.DEVICE_LIMIT:
        raise RefusedError(_full(found.usage))
    if device is None:
        raise RefusedError(IS_EXPIRED)
    if not verdict.is_new:
        raise RefusedError(TAKEN)
    return found, device


def _full(usage: Usage) -> Problem:
    detail = f"machine count has exceeded maximum allowed for license ({usage.limit})"
    return Problem(422, detail, "MACHINE_LIMIT_EXCEEDED", "/data")
