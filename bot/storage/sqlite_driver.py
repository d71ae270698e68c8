"""SQLAlchemy's aiosqlite driver with one trip to the connection's thread for each statement.

SQLAlchemy drives aiosqlite as it would a server: a cursor is made, executed, fetched and closed, each a trip
to the thread and back, and a connection that is given back is rolled back whether or not a transaction was
open. That was most of what a message cost the gateway. Here a statement is one trip, the BEGIN of a
transaction rides along with its first statement, and where nothing is open nothing is rolled back.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import await_only


class _Done(NamedTuple):
    """What a statement came to."""

    description: Any
    rows: list[Any]
    rowcount: int
    lastrowid: int | None


_NOTHING = _Done(None, [], -1, None)


def _run(connection: sqlite3.Connection, begin: str, many: bool, operation: str, parameters: Any) -> _Done:
    """In the connection's thread: `begin` where given, then the statement, whole."""
    if begin:
        connection.execute(begin)
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(operation, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return _Done(cursor.description, rows, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ("_done", "arraysize")

    _adapt_connection: _Connection

    def __init__(self, adapt_connection: _Connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._done = _NOTHING
        self._rows = deque()
        self.arraysize = 1

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> int:
        return self._done.lastrowid or 0

    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._take(False, operation, parameters or ())

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._take(True, operation, seq_of_parameters)

    def _take(self, many: bool, operation: str, parameters: Any) -> None:
        connection = self._adapt_connection
        begin, connection.begin_next = connection.begin_next, ""
        self._done = connection.in_thread(lambda raw: _run(raw, begin, many, operation, parameters))
        self._rows = deque(self._done.rows)

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """The cursor was closed in the thread; what it found is kept."""


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("_unsure", "begin_next")

    _cursor_cls = _Cursor  # type: ignore[assignment]

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begin_next = ""  # begins the transaction, together with the next statement
        self._unsure = False  # somebody stopped waiting for a statement that may yet be run

    def in_thread(self, act: Callable[[sqlite3.Connection], Any]) -> Any:
        try:
            return await_only(self._connection._execute(lambda: act(self._connection._conn)))
        except asyncio.CancelledError:
            self._unsure = True
            raise
        except Exception as error:
            self._handle_exception(error)

    def commit(self) -> None:
        self._end(sqlite3.Connection.commit)

    def rollback(self) -> None:
        self._end(sqlite3.Connection.rollback)

    def _end(self, act: Callable[[sqlite3.Connection], None]) -> None:
        self.begin_next = ""
        raw = self._connection._connection
        if raw is not None and (self._unsure or raw.in_transaction):
            self.in_thread(act)
            self._unsure = False


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *args: Any, **kwargs: Any) -> _Connection:
        connection = super().connect(*args, **kwargs)._connection
        return _Connection(self, connection)


def driver() -> AsyncAdapt_aiosqlite_dbapi:
    """The module that create_async_engine takes as `module`."""
    return _Driver(aiosqlite, sqlite3)
