"""The way by which an operation opens the database: only when the operation needs one."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from db.engine import Database

Databases = Callable[[], AbstractContextManager[Database]]
"""Open a migrated database. Raises RefusedError, WrongMigrationError and DatabaseAwayError."""
