"""A file of licenses: its form, and each of its lines, good or refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.license import Term
from domain.sale import Product
from domain.wanted import OrderName, Wanted
from kit.refusals import RefusedError
from operations.import_file import Line, RefusedLine, open_import

NOW = datetime(2026, 11, 28, tzinfo=UTC)
OWN = "key,email,name,product,tier,seats,issued_at,expires_at,reference,source,order_id\n"


def lines_of(folder: Path, text: str) -> list[Line]:
    file = folder / "licenses.csv"
    file.write_text(text)
    return [*open_import(file, NOW).lines]


def only(folder: Path, line: str) -> object:
    (told,) = lines_of(folder, OWN + line)
    assert told.number == 2
    return told.told


def test_every_column_is_read(tmp_path: Path) -> None:
    line = "K-1,ada@example.com,Ada,lumen,pro,3,2026-01-02,2027-01-02,ref 1,Gumroad,o-1\n"
    assert only(tmp_path, line) == Wanted(
        email="ada@example.com",
        name="Ada",
        product=Product("lumen", "lumen"),
        tier="pro",
        seats=3,
        issued_at=datetime(2026, 1, 2, tzinfo=UTC),
        until=datetime(2027, 1, 2, tzinfo=UTC),
        key="K-1",
        reference="ref 1",
        source="gumroad",
        order=OrderName("gumroad", "o-1"),
    )


def test_empty_cells_leave_the_terms_to_the_mapping(tmp_path: Path) -> None:
    wanted = Wanted(email="ada@example.com", name="ada", product=Product("lumen", "lumen"))
    assert only(tmp_path, ",ada@example.com,,lumen\n") == wanted


def test_never_is_for_ever(tmp_path: Path) -> None:
    told = only(tmp_path, ",ada@example.com,,,pro,,,never\n")
    assert told == Wanted(email="ada@example.com", name="ada", tier="pro", term=Term(None))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",,Ada,lumen", "its email is empty"),
        (",ada,Ada,lumen", "its email is no address to which a mail can go"),
        (',"a@example.com, b@example.com",Ada,lumen', "its email is no address"),
        (",ada@example.com,,lumen,,0", "its seats must be a whole number from 1 to 1000000"),
        (",ada@example.com,,lumen,,,soon", 'its issued at "soon" is no date'),
        (",ada@example.com,,lumen,,,,03/04/2027", "has two meanings"),
        (",ada@example.com,,lumen,,,2027-01-01", "its issued at lies ahead"),
        (",ada@example.com,,lumen,,,,2227-01-01", 'write "never"'),
        (",ada@example.com,,lumen,,,,,,,o-1", "its order_id has no source"),
        (",ada@example.com,,lumen,,,,,,Gum-road,o-1", "its source must be the name"),
        (",ada@example.com,,lumen,,,,,,gumroad,o:1", "without a colon"),
        (",ada@example.com,Buyer, Ada,lumen,,,,,,,,,x", "it has 14 values"),
    ],
)
def test_bad_line_is_refused_with_its_number(tmp_path: Path, line: str, why: str) -> None:
    bad, good = lines_of(tmp_path, f"{OWN}{line}\n,bo@example.com,,lumen\n")
    assert isinstance(bad.told, RefusedLine)
    assert why in bad.told.why
    assert "ada@" not in bad.told.why
    assert isinstance(good.told, Wanted)
    assert (bad.number, good.number) == (2, 3)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("", "has no header"),
        ("email,product,expire_at", 'the column "expire_at"'),
        ("email,name", "needs the column email, and product or tier"),
        ("email,tier,Email", "has a column twice"),
    ],
)
def test_file_of_another_form_is_refused(tmp_path: Path, header: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        lines_of(tmp_path, f"{header}\n")


def test_columns_may_stand_in_any_order_and_spelling(tmp_path: Path) -> None:
    (line,) = lines_of(tmp_path, "Tier;Order ID;SOURCE;Email\npro;o-1;x;ada@example.com\n")
    assert isinstance(line.told, Wanted)
    assert line.told.order == OrderName("x", "o-1")
