"""An erasure reaches the spool, the outbox and the free pages of SQLite's file."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.engine import Database
from db.persons import Person, find_person
from db.requests import store_request
from db.rewriting import rewrite
from db.tables import SaleRow
from db.views.lists import Filters, list_deliveries
from operations.erase import NotRewrittenError, Places, StillNeededError, erase, rewrite_file
from relay.spool import SET_ASIDE, UNFINISHED, Spool
from tests.support.person import PRIVATE, RIGHT, keep_person, keep_sale, left_in, sale_body
from tests.support.pings import new_event

MOMENT = timedelta(milliseconds=1)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHERS = "grace@example.org"


@pytest.fixture
def places(database: Database, tmp_path: Path) -> Places:
    (tmp_path / "outbox").mkdir()
    database.write_here(keep_person)
    return Places(database, Spool(tmp_path / "spool"), tmp_path / "outbox")


def written(places: Places, *names: str, words: str = f"To: {RIGHT}") -> None:
    for name in names:
        (places.outbox / name).write_text(words)


@pytest.fixture
def aside(places: Places) -> Path:
    """Set a request of the person aside, and leave another one unfinished."""
    places.spool.keep(new_event(sale_body("ada-9", RIGHT), "ada-9"))
    (file,) = places.spool.files()
    return places.spool.set_aside(file)


def files_of(places: Places) -> bytes:
    file = Path(str(places.database.engine.url.database))
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


@ON_SQLITE
def test_no_byte_of_sqlites_files_has_the_persons_data(places: Places) -> None:
    def renamed(session: Session) -> None:
        # Rows grow and move, so that old bytes lie in free pages.
        session.execute(update(SaleRow).values(name=f"{'x' * 9000}Ada Buyer"))

    places.database.write_here(renamed)
    rewrite_file(places.database, "all bytes are in the file, and none in its log")
    erase(RIGHT, places, preview=False)
    assert left_in(places.database) == []
    assert b"Ada Buyer" in files_of(places)
    rewrite_file(places.database, "done")
    left = files_of(places)
    assert [word for word in PRIVATE if word.lower().encode() in left.lower()] == []


@ON_SQLITE
def test_a_reader_that_keeps_the_log_is_told(places: Places) -> None:
    with closing(places.database.engine.raw_connection()) as reader:
        reader.cursor().execute("BEGIN")
        reader.cursor().execute("SELECT * FROM sales").fetchall()
        with pytest.raises(NotRewrittenError, match=r"^everything is erased, but .* again$"):
            rewrite_file(places.database, "everything is erased", MOMENT)
    assert rewrite(places.database.engine, timedelta(seconds=30))


def test_what_lies_in_spool_and_outbox_goes_too(places: Places, aside: Path) -> None:
    unfinished = places.spool.folder / f"half{UNFINISHED}"
    unfinished.write_bytes(f'{{"headers": "{RIGHT}'.encode())
    first = places.database.read_here(list_deliveries, Filters())[-1].id
    names = (f"delivery-{first}.eml", f"delivery-{first}.html")
    written(places, *names, words="a mail of the person's delivery")
    written(places, "delivery-77.eml")
    written(places, "delivery-78.eml", words=f"To: {OTHERS}")
    counts = erase(RIGHT, places, preview=False).counts
    assert (counts["spool"], counts["outbox"]) == (2, 3)
    assert not aside.exists()
    assert not unfinished.exists()
    assert [each.name for each in places.outbox.iterdir()] == ["delivery-78.eml"]


def test_a_preview_tells_the_same_and_changes_nothing(places: Places, aside: Path) -> None:
    written(places, "delivery-77.eml")
    before = left_in(places.database)
    told = erase(RIGHT, places, preview=True)
    assert left_in(places.database) == before
    assert aside.exists()
    assert erase(RIGHT, places, preview=False) == told
    assert erase(RIGHT, places, preview=False).is_nothing


def test_a_request_that_waits_for_the_database_is_waited_for(places: Places) -> None:
    places.spool.keep(new_event(sale_body("ada-9", RIGHT), "ada-9"))
    with pytest.raises(StillNeededError, match="waits in the spool"):
        erase(RIGHT, places, preview=False)
    assert left_in(places.database) != []


def test_a_request_of_somebody_else_is_left_in_the_spool(places: Places) -> None:
    places.spool.keep(new_event(sale_body("grace-9", OTHERS, "Grace"), "grace-9"))
    erase(RIGHT, places, preview=False)
    assert len(places.spool.files()) == 1
    assert places.spool.files(SET_ASIDE) == []


def test_a_sale_under_way_is_named_with_a_command(places: Places) -> None:
    for number in (2, 3):
        order = f"ada-{number}"
        places.database.write_here(store_request, new_event(sale_body(order, RIGHT), order))
    with pytest.raises(StillNeededError) as refused:
        erase(RIGHT, places, preview=False)
    told = str(refused.value)
    assert told.startswith("nothing was erased: gumroad:ada-2 and 1 more is under way")
    assert "`mintpost show gumroad:ada-2`" in told
    assert RIGHT not in told


def test_an_event_without_an_order_is_named_by_its_number(places: Places) -> None:
    lost = replace(new_event(sale_body("x", RIGHT), "x"), order_id=None)
    event = places.database.write_here(store_request, lost)
    with pytest.raises(StillNeededError, match=rf"event {event} is under way.*--status open"):
        erase(RIGHT, places, preview=False)


def settled_meanwhile(monkeypatch: pytest.MonkeyPatch, places: Places) -> None:
    """Let a sale of the person be settled after the first search."""
    orders = ["ada-7"]

    def found(session: Session, address: str) -> Person:
        person = find_person(session, address)
        if orders:
            places.database.write_here(keep_sale, orders[0], sale_body(orders.pop(), RIGHT))
        return person

    monkeypatch.setattr("operations.erase.find_person", found)


def test_a_sale_that_is_settled_after_the_search_is_erased_too(
    monkeypatch: pytest.MonkeyPatch, places: Places
) -> None:
    settled_meanwhile(monkeypatch, places)
    assert erase(RIGHT, places, preview=False).counts["licenses"] == 2
    assert left_in(places.database) == []
