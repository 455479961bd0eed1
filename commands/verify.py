"""`mintpost verify`: the worth of a license key or of any token."""

from datetime import datetime

from rich.console import Console
from rich.text import Text

from commands.tables import cell
from commands.verify_answers import revoked_words, told_answer, told_answer_keys
from db.signing_keys import KeyLine
from domain.addresses import person
from domain.license import License, Standing, with_reason
from kit.times import moment
from licensing.tokens import VerifiedToken
from operations.verify import (
    Flaw,
    KeyVerdict,
    NoDatabase,
    RevocationsVerdict,
    TokenVerdict,
    Verdict,
)
from operations.verify_answers import AnswerKeysVerdict, AnswerVerdict

UNCHECKED = (
    "a token of which nothing was checked: its signature and its license are looked up in "
    "the database"
)


def print_verdict(verdict: Verdict, out: Console) -> bool:
    sentence, facts = _told(verdict)
    out.print(Text(sentence, style="green" if verdict.holds else "bold red"))
    for name, fact in facts.items():
        out.print(f"  {name:<10}", cell(fact), highlight=False, soft_wrap=True)
    return verdict.holds


def _told(verdict: Verdict) -> tuple[str, dict[str, str]]:
    match verdict:
        case NoDatabase():
            return _unread(verdict)
        case KeyVerdict():
            return _of_key(verdict)
        case TokenVerdict():
            return _of_token(verdict)
        case RevocationsVerdict():
            return _of_list(verdict)
        case AnswerVerdict():
            return told_answer(verdict)
        case AnswerKeysVerdict():
            return told_answer_keys(verdict)


def _unread(verdict: NoDatabase) -> tuple[str, dict[str, str]]:
    if verdict.key is None:
        return UNCHECKED, {"database": verdict.why}
    return "well formed", {"key": verdict.key, "database": verdict.why}


def _of_key(verdict: KeyVerdict) -> tuple[str, dict[str, str]]:
    if verdict.license is None:
        return "well formed, and no license here has it", {"key": verdict.key}
    state = _state(verdict.license, verdict.standing)
    return f"the key of a license that {state}", _facts(verdict.license)


def _of_token(verdict: TokenVerdict) -> tuple[str, dict[str, str]]:
    token, license_ = verdict.token, verdict.license
    if verdict.flaw is not None:
        return f"not a genuine token: {_not_genuine(verdict.flaw, verdict.signer)}", _claims(token)
    known = {} if license_ is None else {"license": f"{license_.id}, {_status(license_)}"}
    return f"a genuine token {_worth(verdict)}", {**_claims(token), **known}


def _worth(verdict: TokenVerdict) -> str:
    if not verdict.token.holds:
        return "that has expired"
    if verdict.holds or verdict.license is None:
        return "that holds"
    return f"of a license that {_state(verdict.license, verdict.standing)}"


def _state(license_: License, standing: Standing | None) -> str:
    match standing:
        case Standing.ENDED:
            return "has ended"
        case Standing.SUSPENDED | Standing.REVOKED:
            return f"is {_status(license_)}"
        case Standing.GRACE:
            return f"holds in its grace, until {_end(license_.good_until)}"
        case _:
            return "holds"


def _status(license_: License) -> str:
    return with_reason(license_.status, license_.reason)


def _of_list(verdict: RevocationsVerdict) -> tuple[str, dict[str, str]]:
    verified, signer = verdict.list, verdict.signer
    facts = {
        "signed by": verified.kid,
        "issuer": verified.issuer,
        "seq": str(verified.content.seq),
        "signed": moment(verified.content.signed_at),
        "expires": moment(verified.expires_at),
        "revoked": f"{len(verified.content.revoked)} entries, one per id of a license",
    }
    if signer.revoked_at is not None:
        return f"not a genuine revocation list: {_not_genuine(Flaw.SIGNER_REVOKED, signer)}", facts
    state = "has expired" if verdict.has_ended else "holds"
    return f"a genuine revocation list that {state}; it is no license", facts


def _not_genuine(flaw: Flaw, signer: KeyLine) -> str:
    match flaw:
        case Flaw.SIGNER_REVOKED:
            return revoked_words(signer)
        case Flaw.NO_LICENSE:
            return "its license is not in this database"
        case Flaw.OTHER_KEY:
            return "its license has another key in this database"


def _claims(verified: VerifiedToken) -> dict[str, str]:
    return {
        "signed by": verified.kid,
        "issuer": verified.issuer,
        "jti": verified.token_id,
        "key": verified.key,
        "product": f"{verified.product_id}, {verified.tier}",
        "seats": str(verified.seats),
        "test": "yes" if verified.test else "no",
        "issued": moment(verified.issued_at),
        "expires": _end(verified.expires_at),
    }


def _facts(found: License) -> dict[str, str]:
    return {
        "key": found.key,
        "license": f"{found.id}, {_status(found)}",
        "order": f"{found.source}:{found.order_id}",
        "product": f"{found.product_id}, {found.tier}",
        "holder": person(found.name, found.email),
        "seats": str(found.seats),
        "expires": _end(found.expires_at),
        **({"grace": f"until {_end(found.grace_until)}"} if found.grace_until else {}),
        **({"renews": "yes" if found.renews else "no"} if found.renews is not None else {}),
    }


def _end(expires_at: datetime | None) -> str:
    return "never" if expires_at is None else moment(expires_at)
