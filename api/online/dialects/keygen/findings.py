"""Says a verdict in Keygen's codes, in Keygen's order of precedence."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.online.dialects.keygen.licenses import SUSPENDED, KeygenLicense
from api.online.dialects.keygen.machines import Machine
from api.online.dialects.keygen.scopes import Scope
from domain.online import Code


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    detail: str

    @property
    def valid(self) -> bool:
        return self.code == "VALID"


@dataclass(frozen=True, slots=True)
class Matches:
    """The machines that the scope's fingerprints and its machine id name, if they have a place."""

    by_fingerprint: Machine | None = None
    by_id: Machine | None = None


NOT_FOUND = Finding("NOT_FOUND", "does not exist")
VALID = Finding("VALID", "is valid")


def finding_of(license_: KeygenLicense, code: Code, scope: Scope, matches: Matches) -> Finding:
    if code in SUSPENDED:
        return Finding("SUSPENDED", "is suspended")
    # A license that ended activates no machine here, so the app must not be sent to try.
    if code is Code.EXPIRED:
        return Finding("EXPIRED", "is expired")
    return next(_mismatches(license_, scope, matches), VALID)


def _mismatches(license_: KeygenLicense, scope: Scope, matches: Matches) -> Iterator[Finding]:
    if scope.product == "":
        yield Finding("PRODUCT_SCOPE_EMPTY", "product scope is empty")
    if scope.product not in {None, license_.product_id}:
        yield Finding("PRODUCT_SCOPE_MISMATCH", "product scope does not match")
    if scope.policy not in {None, license_.policy_id}:
        yield Finding("POLICY_SCOPE_MISMATCH", "policy scope does not match")
    if scope.user is not None:
        yield Finding("USER_SCOPE_MISMATCH", "user scope does not match")
    if scope.machine is not None and matches.by_id is None:
        yield _unknown_machine(license_, "machine", "MACHINE_SCOPE_MISMATCH")
    if scope.fingerprints is not None:
        yield from _fingerprint(license_, scope.fingerprints, matches)
    if scope.components:
        yield Finding("COMPONENTS_SCOPE_MISMATCH", "components scope does not match")
    if scope.entitlements:
        yield Finding("ENTITLEMENTS_MISSING", "is missing one or more required entitlements")


def _fingerprint(license_: KeygenLicense, asked: object, matches: Matches) -> Iterator[Finding]:
    if asked in {(), ("",)}:
        yield Finding("FINGERPRINT_SCOPE_EMPTY", "fingerprint scope is empty")
    elif matches.by_fingerprint is None:
        yield _unknown_machine(license_, "fingerprint", "FINGERPRINT_SCOPE_MISMATCH")


def _unknown_machine(license_: KeygenLicense, what: str, mismatch: str) -> Finding:
    if license_.found.usage.used:
        return Finding(
            mismatch, f"{what} is not activated (does not match any associated machines)"
        )
    if license_.only_one:
        return Finding("NO_MACHINE", f"{what} is not activated (has no associated machine)")
    return Finding("NO_MACHINES", f"{what} is not activated (has no associated machines)")
