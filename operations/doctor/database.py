"""Checks that the database answers and has this version's tables."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from db.engine import Database
from db.migrated import WrongMigrationError, check_migrated, head
from db.server import server_version
from domain.errors import DatabaseAwayError
from domain.findings import Finding, broken, ok
from operations.doctor.sentences import divided

DATABASE = "database"
ELSE = "check DATABASE_URL, and see the log of the server"


async def look_at_database(database: Database, file: Path | None) -> Sequence[Finding]:
    """Return one finding. `file` is SQLite's, which a connection would make."""
    if file is not None and (trouble := await asyncio.to_thread(_missing, file)) is not None:
        return [trouble]
    try:
        await asyncio.to_thread(check_migrated, database.engine)
        version = await database.read(server_version)
    except WrongMigrationError as error:
        return [broken(DATABASE, *divided(str(error), ELSE))]
    except DatabaseAwayError as error:
        return [broken(DATABASE, *divided(error.what + error.question, ELSE))]
    return [ok(DATABASE, f"{version} at migration {head()}")]


def _missing(file: Path) -> Finding | None:
    try:
        if file.exists():
            return None
    except OSError as error:
        told = f"{file} cannot be looked at ({error.strerror})"
        return broken(DATABASE, told, "run this as the user of the processes")
    return broken(DATABASE, f"there is no database at {file}", "mintpost migrate")
