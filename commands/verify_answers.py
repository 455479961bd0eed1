"""The words of `mintpost verify` about answers to apps and lists of answer keys."""

from db.signing_keys import KeyLine
from kit.times import day, moment
from operations.verify_answers import AnswerKeysVerdict, AnswerVerdict


def told_answer(verdict: AnswerVerdict) -> tuple[str, dict[str, str]]:
    verified, signer = verdict.verified, verdict.signer
    answer, license_ = verified.answer, verified.answer.license
    facts = {
        "signed by": f"{verified.kid}, an answer key",
        "issuer": verified.issuer,
        "code": answer.code,
        "answered": moment(answer.issued_at),
        "expires": moment(answer.expires_at),
    }
    if license_ is not None:
        facts["license"] = license_.token_id
        facts["product"] = f"{license_.product_id}, {license_.tier}"
        facts["seats"] = str(license_.seats)
    if answer.device is not None:
        facts["device"] = answer.device
    if signer.withdrawn_at is not None:
        because = "" if signer.reason is None else f" ({signer.reason})"
        when = f"was withdrawn on {day(signer.withdrawn_at)}{because}"
        return f"not a genuine answer: the key that signed it {when}", facts
    state = "has expired" if verdict.has_ended else "holds"
    return f"a genuine answer to an app that {state}; it is no license", facts


def told_answer_keys(verdict: AnswerKeysVerdict) -> tuple[str, dict[str, str]]:
    verified, content = verdict.list, verdict.list.content
    facts = {
        "signed by": verified.kid,
        "issuer": verified.issuer,
        "seq": str(content.seq),
        "signed": moment(content.signed_at),
        "expires": moment(verified.expires_at),
        "keys": ", ".join(key.kid for key in content.keys) or "none",
    }
    if verdict.signer.revoked_at is not None:
        return f"not a genuine list of answer keys: {revoked_words(verdict.signer)}", facts
    state = "has expired" if verdict.has_ended else "holds"
    return f"a genuine list of answer keys that {state}; it is no license", facts


def revoked_words(signer: KeyLine) -> str:
    when = "" if signer.revoked_at is None else day(signer.revoked_at)
    because = "" if signer.reason is None else f" ({signer.reason})"
    return f"the key that signed it was revoked on {when}{because}"
