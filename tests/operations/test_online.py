"""One verdict for a key, a product and a device."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.further_keys import add_further_key
from db.sales import save_sale
from db.tables import LicenseRow
from domain.catalog import Catalog, Offer
from domain.license import LicenseReason, LicenseStatus, Term
from domain.online import Code
from domain.online_terms import OnlineTerms
from licensing.keys import new_key
from operations.online import OnlineLicenses, TooManyError
from operations.verdicts import Activation, Found, Question
from tests.db.rows import NOON, mint, sale_of, store_event

KEY = new_key()
FOREIGN = "9F86D081-884C7D65-9A2FEAA0-C55AD015"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TWO_A_SEAT = OnlineTerms(devices=2, release_after=30)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Pace:
    """Counts, and refuses when told to."""

    is_full: bool = False
    counted: list[int] = field(default_factory=list)

    def allow(self, license_id: int) -> None:
        if self.is_full:
            raise TooManyError(license_id)

    def count(self, license_id: int) -> None:
        self.counted.append(license_id)


@dataclass
class Mapping:
    online: OnlineTerms = TWO_A_SEAT

    async def current(self) -> Catalog:
        offer = Offer("product-1", "pro", Term(None), online=self.online)
        return Catalog({"gumroad": (offer,)}, "0" * 64)


@dataclass
class Desk:
    """The core with its parts at hand."""

    licenses: OnlineLicenses
    database: Database
    clock: Clock
    pace: Pace
    mapping: Mapping

    async def asked(self, device: str | None = None, key: str = KEY) -> Code:
        return (await self.licenses.validate(Question(key, device=device))).code

    async def activated(self, device: str, *, replace_unseen: bool = False) -> Code:
        wish = Activation(KEY, device, replace_unseen=replace_unseen)
        return (await self.licenses.activate(wish)).code

    async def released(self, device: str) -> Code:
        return (await self.licenses.deactivate(Question(KEY, device=device))).code

    def set(self, **values: object) -> None:
        def write(session: Session) -> None:
            session.execute(update(LicenseRow).values(**values))

        self.database.write_here(write)


def no_product(_found: Found) -> bool:
    return False


@pytest.fixture
def desk(database: Database) -> Desk:
    database.write_here(mint, sale_of(), KEY)  # Two seats.
    clock, pace, mapping = Clock(), Pace(), Mapping()
    return Desk(OnlineLicenses(database, mapping, pace, clock), database, clock, pace, mapping)


async def test_a_key_is_valid_in_any_case_and_a_further_key_is_too(desk: Desk) -> None:
    def add(session: Session) -> None:
        add_further_key(session, 1, None, FOREIGN, NOON)

    desk.database.write_here(add)
    for typed in (KEY, KEY.lower().replace("-", " "), FOREIGN, FOREIGN.lower()):
        assert await desk.asked(key=typed) is Code.VALID
    verdict = await desk.licenses.validate(Question(FOREIGN.lower()))
    assert verdict.found is not None
    assert verdict.found.online.key == FOREIGN


@ON_SQLITE
async def test_mistyped_is_told_from_unknown(desk: Desk) -> None:
    mistyped = KEY[:-1] + ("A" if KEY[-1] != "A" else "C")
    for text in (mistyped, FOREIGN, "no key", ""):
        assert await desk.asked(key=text) is Code.MISTYPED_KEY
    assert await desk.asked(key=new_key()) is Code.UNKNOWN_KEY


async def test_the_shop_s_key_of_a_sale_that_waits_for_its_license_is_not_ready(desk: Desk) -> None:
    waiting = replace(sale_of("order-2"), shop_key=FOREIGN)

    def parse(session: Session) -> None:
        save_sale(session, store_event(session, "order-2"), waiting, NOON)

    desk.database.write_here(parse)
    assert await desk.asked(key=FOREIGN.lower()) is Code.NOT_READY


@ON_SQLITE
@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (LicenseStatus.REVOKED, LicenseReason.REFUNDED, Code.REFUNDED),
        (LicenseStatus.SUSPENDED, LicenseReason.DISPUTED, Code.DISPUTED),
        (LicenseStatus.REVOKED, LicenseReason.DISPUTE_LOST, Code.DISPUTED),
        (LicenseStatus.SUSPENDED, LicenseReason.PAUSED, Code.PAUSED),
        (LicenseStatus.REVOKED, LicenseReason.BY_HAND, Code.DISABLED),
        ("of a later version", None, Code.DISABLED),
    ],
)
async def test_the_reason_of_a_refusal_is_told_and_takes_no_place(
    desk: Desk, status: str, reason: str | None, code: Code
) -> None:
    assert await desk.activated("laptop") is Code.VALID
    desk.set(status=status, reason=reason)
    assert await desk.asked("laptop") is code
    assert await desk.activated("desk") is code
    assert await desk.released("desk") is Code.DEVICE_NOT_ACTIVATED
    assert await desk.released("laptop") is Code.DEACTIVATED


@ON_SQLITE
async def test_a_license_is_valid_in_its_grace_and_then_expired(desk: Desk) -> None:
    desk.set(expires_at=NOON, grace_until=NOON + timedelta(days=3))
    for days, code in ((1, Code.VALID), (3, Code.VALID), (4, Code.EXPIRED)):
        desk.clock.now = NOON + timedelta(days=days)
        assert await desk.asked() is code


@ON_SQLITE
async def test_another_product_s_key_is_refused_before_a_place_is_taken(desk: Desk) -> None:
    verdict = await desk.licenses.activate(Activation(KEY, "laptop", belongs=no_product))
    assert (verdict.code, verdict.found) == (Code.WRONG_PRODUCT, None)
    assert await desk.asked("laptop") is Code.DEVICE_NOT_ACTIVATED


@ON_SQLITE
async def test_a_device_without_a_place_is_told_so_only_where_there_is_a_limit(desk: Desk) -> None:
    assert await desk.asked("laptop") is Code.DEVICE_NOT_ACTIVATED
    assert await desk.asked() is Code.VALID
    desk.mapping.online = OnlineTerms()
    assert await desk.asked("laptop") is Code.VALID


async def test_the_limit_counts_seats_and_the_operator_s_word_wins(desk: Desk) -> None:
    for number in range(4):  # Two seats with two devices each.
        assert await desk.activated(f"d{number}") is Code.VALID
    refused = await desk.licenses.activate(Activation(KEY, "d4"))
    assert refused.code is Code.DEVICE_LIMIT
    assert len(refused.others) == 4
    desk.set(device_limit=5)
    assert await desk.activated("d4") is Code.VALID
    desk.set(device_limit=0)
    assert await desk.activated("d5") is Code.DEVICE_LIMIT
    assert await desk.asked("d4") is Code.VALID


@ON_SQLITE
async def test_only_a_device_unseen_for_long_gives_way(desk: Desk) -> None:
    desk.set(device_limit=1)
    await desk.activated("old")
    desk.clock.now = NOON + timedelta(days=29)
    assert await desk.activated("new", replace_unseen=True) is Code.DEVICE_LIMIT
    desk.clock.now = NOON + timedelta(days=30)
    assert await desk.activated("new") is Code.DEVICE_LIMIT
    assert await desk.activated("new", replace_unseen=True) is Code.VALID
    assert await desk.asked("old") is Code.DEVICE_NOT_ACTIVATED


@ON_SQLITE
async def test_a_shared_key_gains_nothing_from_releases(desk: Desk) -> None:
    desk.set(device_limit=1)
    for number in range(4):
        assert await desk.activated(f"d{number}") is Code.VALID
        assert await desk.released(f"d{number}") is Code.DEACTIVATED
    await desk.activated("d4")
    with pytest.raises(TooManyError):
        await desk.released("d4")
    desk.clock.now = NOON + timedelta(days=31)
    assert await desk.released("d4") is Code.DEACTIVATED


@ON_SQLITE
async def test_only_what_changed_a_place_counts_against_the_pace(desk: Desk) -> None:
    desk.set(device_limit=1)
    for _ in range(3):
        await desk.activated("laptop")
    await desk.activated("refused")
    await desk.released("unknown")
    await desk.released("laptop")
    assert len(desk.pace.counted) == 2
    await desk.activated("laptop")
    desk.pace.is_full = True
    assert await desk.activated("laptop") is Code.VALID
    assert await desk.activated("desk") is Code.DEVICE_LIMIT
    desk.set(device_limit=2)
    for change in (desk.activated("desk"), desk.released("laptop")):
        with pytest.raises(TooManyError):
            await change


@ON_SQLITE
async def test_a_device_is_released_by_its_public_id(desk: Desk) -> None:
    done = await desk.licenses.activate(Activation(KEY, "laptop"))
    assert done.device is not None
    assert await desk.released(done.device.id.upper()) is Code.DEACTIVATED
    assert await desk.asked("laptop") is Code.DEVICE_NOT_ACTIVATED


@ON_SQLITE
async def test_the_day_of_a_question_is_noted_once(desk: Desk) -> None:
    await desk.activated("laptop")
    desk.clock.now = NOON + timedelta(days=1)
    for _ in range(2):
        await desk.licenses.see(await desk.licenses.validate(Question(KEY, device="laptop")))
    seen = await desk.licenses.validate(Question(KEY, device="laptop"))
    assert seen.device is not None
    assert seen.device.last_seen == desk.clock.now
