"""CSV files as spreadsheets and shops write them."""

from pathlib import Path

import pytest

from kit.csv_rows import LOOSE_QUOTE, NEVER_CLOSED, NO_TEXT, BadRow, Row, read_rows
from kit.refusals import RefusedError

JUERGEN = (Row(1, ("name", "key")), Row(2, ("J\u00fcrgen", "A-1")))
TEXT = "name{0}key\nJ\u00fcrgen{0}A-1\n"
LONG = 100_000


def rows_of(folder: Path, content: bytes) -> tuple[Row | BadRow, ...]:
    file = folder / "licenses.csv"
    file.write_bytes(content)
    return tuple(read_rows(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    assert rows_of(tmp_path, TEXT.format(delimiter).encode(encoding)) == JUERGEN


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_is_counted_as_an_editor_counts(tmp_path: Path, end: str) -> None:
    text = end.join(["name,key", '"two', 'lines","a ""b"""', "", ",", "x,y"])
    assert rows_of(tmp_path, text.encode()) == (
        Row(1, ("name", "key")),
        Row(2, (f"two{end}lines", 'a "b"')),
        Row(6, ("x", "y")),
    )


def test_delimiter_inside_quotes_of_the_header_does_not_count(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b'"a,b,c";d\n1;2\n') == (Row(1, ("a,b,c", "d")), Row(2, ("1", "2")))


@pytest.mark.parametrize(
    ("content", "bad"),
    [
        (b'a,b\n"x"y,1\n2,3\n', (BadRow(2, LOOSE_QUOTE), Row(3, ("2", "3")))),
        (b'a,b\n1,2\n"open,4\n5,6\n', (Row(2, ("1", "2")), BadRow(3, NEVER_CLOSED))),
        (b'a,b\n"' + b"x\n" * LONG, (BadRow(2, NEVER_CLOSED),)),
        (b"a,b\n\x81,3\n4,5\n", (BadRow(2, NO_TEXT), Row(3, ("4", "5")))),
    ],
)
def test_bad_row_is_told_with_its_line(
    tmp_path: Path, content: bytes, bad: tuple[Row | BadRow, ...]
) -> None:
    assert rows_of(tmp_path, content)[1:] == bad


def test_apostrophe_against_spreadsheets_is_removed(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b"a,b\n'-x==,'ok'=\n")[1] == Row(2, ("-x==", "'ok'="))


def test_empty_file_has_no_row(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b"") == ()


@pytest.mark.parametrize("begin", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest"])
def test_spreadsheet_is_refused(tmp_path: Path, begin: bytes) -> None:
    with pytest.raises(RefusedError, match="save it as CSV"):
        rows_of(tmp_path, begin)
