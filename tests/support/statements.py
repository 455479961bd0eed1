"""Compiles each statement once for all tests, because each new engine would compile it again."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL, Dialect, Engine

from db.engine import open_engine


@dataclass(frozen=True, slots=True)
class CompiledOnce:
    """Opens engines that share the compiled statements of their kind of database.

    SQLAlchemy keeps a compiled statement under its dialect, so these engines share that too. The
    first engine connects at once, because a dialect learns the server's version from a connection.
    """

    dialects: dict[str, Dialect] = field(default_factory=dict)
    statements: dict[Any, Any] = field(default_factory=dict)

    def opened(self, url: URL) -> Engine:
        engine = open_engine(url)
        name = engine.dialect.name
        if name not in self.dialects:
            engine.connect().close()
            self.dialects[name] = engine.dialect
        return self._sharing(engine)

    def opened_later(self, url: URL) -> Engine:
        """Open an engine for a database that may not be there. It shares if others did before."""
        engine = open_engine(url)
        return self._sharing(engine) if engine.dialect.name in self.dialects else engine

    def _sharing(self, engine: Engine) -> Engine:
        engine.dialect = self.dialects[engine.dialect.name]
        engine.update_execution_options(compiled_cache=self.statements)
        return engine
