"""`mintpost import`: a license for each line of a file, or a sentence for the line."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from commands.tables import tell, written_json
from db.engine import Database
from domain.granting import Granting
from kit.refusals import RefusedError
from operations.giving import Result
from operations.import_file import open_import
from operations.importing import ImportedLine, import_lines, preview_import

COUNTED = {
    Result.GIVEN: "given",
    Result.EXTENDED: "extended",
    Result.KNOWN: "known before",
    Result.LEFT_OUT: "left out",
    Result.REFUSED: "refused",
}
COUNTED_BEFORE = {**COUNTED, Result.GIVEN: "would be given", Result.EXTENDED: "would be extended"}


def run_import(
    file: Path, granting: Granting, database: Database, *, dry_run: bool, as_json: bool
) -> None:
    """Import the file line by line. Raises RefusedError at the end if a line was refused."""
    opened = open_import(file, granting.now)
    work = preview_import if dry_run else import_lines
    counted = Counter[Result]()
    lines = _counting(work(database, opened, granting), counted)
    if as_json:
        _print_json(lines)
    else:
        _print(lines)
        names = COUNTED_BEFORE if dry_run else COUNTED
        told = ", ".join(f"{counted[one]:,} {name}" for one, name in names.items() if counted[one])
        tell(f"{opened.form.title}: {told or 'no line'}")
    if refused := counted[Result.REFUSED]:
        which = "1 line was" if refused == 1 else f"{refused:,} lines were"
        raise RefusedError(f"{which} refused: correct the file, and import it again as a whole")


def _counting(lines: Iterable[ImportedLine], counted: Counter[Result]) -> Iterator[ImportedLine]:
    for line in lines:
        counted[line.result] += 1
        yield line


def _print(lines: Iterable[ImportedLine]) -> None:
    """Print the lines that a person may have to look at."""
    for line in lines:
        if line.result in {Result.REFUSED, Result.LEFT_OUT}:
            said = f"line {line.line}: {COUNTED[line.result]}, {line.why}"
            tell(said)


def _print_json(lines: Iterable[ImportedLine]) -> None:
    """Print one array, line by line, because a file may have a hundred thousand lines."""
    before = "["
    for line in lines:
        sys.stdout.write(f"{before}\n{written_json(asdict(line))}")
        before = ","
    sys.stdout.write("[]\n" if before == "[" else "\n]\n")
