"""Tell the state of a license as a sentence, with the command that changes it."""

from db.views.lists import LicenseLine
from domain.advice import advised
from domain.identifiers import order_reference
from domain.license import LicenseReason, ListedStatus, has_ended
from kit.clock import utc_now
from kit.times import day

TAKEN_BACK = (ListedStatus.REVOKED, ListedStatus.SUSPENDED)
BECAUSE: dict[str | None, str] = {
    LicenseReason.REFUNDED: "the payment was refunded",
    LicenseReason.DISPUTED: "the buyer's bank disputes the payment",
    LicenseReason.DISPUTE_LOST: "the buyer's bank took the payment back for good",
    LicenseReason.PAUSED: "its subscription is paused",
    LicenseReason.BY_HAND: "a person revoked it",
}
BACK: dict[str | None, str] = {
    LicenseReason.DISPUTED: "it comes back by itself if you win the dispute",
    LicenseReason.PAUSED: "it comes back by itself when the subscription goes on",
}


def why_not_active(license_: LicenseLine) -> str:
    """Return the status of a license that is revoked or suspended, and the reason."""
    because = BECAUSE.get(license_.reason)
    return license_.status if because is None else f"{license_.status}, because {because}"


def state_of(license_: LicenseLine) -> str | None:
    """Return a sentence about the state of a license; None if its fields tell everything."""
    match license_.status:
        case ListedStatus.REVOKED | ListedStatus.SUSPENDED:
            return f"{why_not_active(license_)}; {_way_back(license_)}"
        case ListedStatus.EXPIRED:
            return "its time is over" + (", and no renewal came" if license_.renews else "")
        case _:
            return _active(license_)


def _way_back(license_: LicenseLine) -> str:
    if license_.reason in BACK:
        return BACK[license_.reason]
    order = order_reference(license_.source, license_.order_id)
    return f"to give it back: {advised('restore', order, options=['--reason', 'TEXT'])}"


def _active(license_: LicenseLine) -> str | None:
    if license_.renews is None or license_.expires_at is None:
        return None
    if not license_.renews:
        return f"it does not renew, and ends on {day(license_.expires_at)}"
    if license_.grace_until is None:
        return f"it renews; without a renewal it ends on {day(license_.expires_at)}"
    time = f"it renews, and is paid until {day(license_.expires_at)}"
    if has_ended(license_.expires_at, utc_now()):
        time = "its paid time is over, and no renewal has come yet"
    return f"{time}; without a renewal it stays good until {day(license_.grace_until)}"
