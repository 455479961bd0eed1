"""Closes all of SQLite's connections together, because they share how their log was opened.

SQLite opens a write-protected log read-only, and keeps it so until this process has closed its last
connection. A connection that opens meanwhile shares it, also after a person mended the file. Reads
succeed on such connections, so that only a failed write shows that all of them must go.
"""

import sqlite3
from threading import Condition
from typing import Any
from weakref import WeakSet

from typing_extensions import override


class Generations:
    """The connections of one engine. A generation ends when its connections must not be kept."""

    def __init__(self, patience_seconds: float) -> None:
        self.patience_seconds = patience_seconds
        self.current = 0
        self.changed = Condition()
        self._open: WeakSet[SharedConnection] = WeakSet()

    def open(self, *args: Any, **options: Any) -> "SharedConnection":  # noqa: ANN401 - as sqlite3.connect
        """Open a connection after the older generations' last, as the factory of `sqlite3`."""
        return SharedConnection(self, *args, **options)

    def enter(self, connection: "SharedConnection") -> int:
        """Wait for the end of older queries. Return the generation of a connection that opens."""
        with self.changed:
            # A query of minutes delays the next one, but must not keep it away.
            self.changed.wait_for(self._is_alone, self.patience_seconds)
            self._open.add(connection)
            return self.current

    def leave(self, connection: "SharedConnection") -> None:
        with self.changed:
            self._open.discard(connection)
            self.changed.notify_all()

    def end(self, generation: int) -> None:
        """Close the idle connections; the pool closes each other one when its query ends."""
        with self.changed:
            if generation != self.current:
                return
            self.current += 1
            for connection in [each for each in self._open if each.is_idle]:
                connection.close()

    def take(self, connection: "SharedConnection") -> bool:
        """Tell whether an idle connection of the pool may be used."""
        with self.changed:
            was_idle, connection.is_idle = connection.is_idle, False
            return connection.generation == self.current or not was_idle

    def give_back(self, connection: "SharedConnection") -> bool:
        """Tell whether the pool may keep a connection for the next query."""
        with self.changed:
            connection.is_idle = connection.generation == self.current
            return connection.is_idle

    def _is_alone(self) -> bool:
        return all(each.generation == self.current for each in self._open)


class SharedConnection(sqlite3.Connection):
    """A connection that shares its log's files with the others of its process."""

    def __init__(self, generations: Generations, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as sqlite3.connect
        self.is_idle = False
        self.generations = generations
        # SQLite opens the file in its own constructor.
        self.generation = generations.enter(self)
        super().__init__(*args, **options)

    @override
    def close(self) -> None:
        super().close()
        self.generations.leave(self)
