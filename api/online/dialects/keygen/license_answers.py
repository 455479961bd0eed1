"""Answers Keygen's paths."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from api.online.dialects.keygen.asking import IS_EXPIRED, KeygenAsking, Proven, is_good
from api.online.dialects.keygen.files import file_resource, license_file, read_check_out
from api.online.dialects.keygen.findings import NOT_FOUND, Finding, Matches, finding_of
from api.online.dialects.keygen.licenses import KeygenLicense, license_resource
from api.online.dialects.keygen.refusals import RefusedError
from api.online.dialects.keygen.scopes import Asked, read_asked
from api.online.dialects.keygen.wire import FILE, KINDS, Document, answer_with, stamp
from api.online.fields import read_fields
from operations.verdicts import Question, Verdict


@dataclass(frozen=True, slots=True)
class LicenseAnswers:
    asking: KeygenAsking

    async def validate_key(self, request: Request) -> Response:
        asked = read_asked(await read_fields(request, KINDS), with_key=True)
        first = asked.scope.fingerprints[0] if asked.scope.fingerprints else None
        question = Question(asked.key or "", self.asking.belongs(request), first)
        verdict = await self.asking.ask(request, question)
        return await self._validation(request, asked, verdict)

    async def validate(self, request: Request) -> Response:
        asked = read_asked(await read_fields(request, KINDS, query=True), with_key=False)
        proven = await self.asking.prove_named(request)
        return await self._validation(request, asked, proven.verdict)

    async def me(self, request: Request) -> Response:
        return _told(await self.asking.prove(request))

    async def see(self, request: Request) -> Response:
        return _told(await self.asking.prove_named(request))

    async def entitlements(self, request: Request) -> Response:
        await self.asking.prove_named(request)
        return answer_with({"data": []})

    async def check_out(self, request: Request) -> Response:
        wish = read_check_out(await read_fields(request, KINDS, query=True))
        proven = await self.asking.prove_named(request)
        require_good(proven)
        parts = self.asking.parts
        file = license_file(proven.license, wish, parts.signer, proven.verdict.at)
        if request.method != "POST":
            name = f'attachment; filename="{proven.license.id}.lic"'
            return Response(
                file.certificate, media_type=FILE, headers={"Content-Disposition": name}
            )
        return answer_with({"data": file_resource(proven.license, file)})

    async def _validation(self, request: Request, asked: Asked, verdict: Verdict) -> Response:
        if verdict.found is None:
            return answer_with({"data": None, "meta": _meta(asked, verdict, NOT_FOUND)})
        license_ = self.asking.license_of(request, verdict.found)
        finding = await self._finding(license_, asked, verdict)
        resource = license_resource(license_, verdict.code, verdict.at)
        return answer_with({"data": resource, "meta": _meta(asked, verdict, finding)})

    async def _finding(self, license_: KeygenLicense, asked: Asked, verdict: Verdict) -> Finding:
        scope = asked.scope
        by_id = () if scope.machine is None else (scope.machine,)
        matches = Matches(
            await self.asking.machine(verdict, scope.fingerprints or ()),
            await self.asking.find(verdict, by_id),
        )
        return finding_of(license_, verdict.code, scope, matches)


def require_good(proven: Proven) -> None:
    """Raise RefusedError for a license that ended."""
    if not is_good(proven.verdict):
        raise RefusedError(IS_EXPIRED)


def _told(proven: Proven) -> Response:
    return answer_with({"data": license_resource(proven.license, proven.verdict.code)})


def _meta(asked: Asked, verdict: Verdict, finding: Finding) -> Document:
    meta: Document = {
        "ts": stamp(verdict.at),
        "valid": finding.valid,
        "detail": finding.detail,
        "code": finding.code,
    }
    if asked.nonce is not None:
        meta["nonce"] = asked.nonce
    if asked.scope.sent is not None:
        meta["scope"] = asked.scope.sent
    return meta
