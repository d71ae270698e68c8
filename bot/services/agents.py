"""Who answers players: accounts, log-ins, sessions and presence of agents."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Code, ProblemError
from bot.services.human_queue.service import ONLINE_WITHIN, AgentIdentity
from bot.services.ports import Clock
from bot.storage.database import Database
from bot.storage.models import AgentRow, AgentSessionRow, LoginFailureRow

MIN_PASSWORD = 10
MAX_PASSWORD = 256
LIFETIME = timedelta(hours=12)
"""A session ends so long after its log-in, however busy it is."""

IDLE = timedelta(hours=1)
"""A session ends so long after its last use; an open desk uses it all the time."""

THROTTLE_WINDOW = timedelta(minutes=5)
FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 20

TOUCH_EVERY = timedelta(seconds=15)
"""How precisely presence is kept."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


class Role(StrEnum):
    """What an agent may do beyond answering his own players."""

    AGENT = "agent"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A log-in that is still good. `csrf_token` must come back with every change that a browser asks for."""

    agent: AgentIdentity
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A fresh log-in. `token` is the cookie's value; it exists nowhere else."""

    token: str
    session: AgentSession


class Agents:
    """Accounts and their sessions."""

    def __init__(self, database: Database, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()  # argon2id with RFC 9106's low-memory parameters
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._hashing = asyncio.Semaphore(2)  # a hash takes 64 MiB: a flood of log-ins has to queue
        self._admitting = asyncio.Lock()

    # ------------------------------------------------------------------ accounts
    async def create(
        self, login: str, name: str, password: str, role: Role | str = Role.AGENT
    ) -> AgentIdentity:
        """A new account; `login` is unique whatever its case, `name` is what players see.

        Raises ProblemError: LOGIN_TAKEN, PASSWORD_TOO_SHORT, BAD_FRAME (what else is wrong is in its detail).
        """
        login, name = _normal(login), name.strip()
        if not _LOGIN.fullmatch(login):
            raise ProblemError(Code.BAD_FRAME, detail="login: 1-64 of a-z 0-9 . _ @ + -")
        if not 1 <= len(name) <= 64 or not name.isprintable():
            raise ProblemError(Code.BAD_FRAME, detail="name: 1-64 printable characters")
        if role not in list(Role):
            raise ProblemError(Code.BAD_FRAME, detail=f"role: one of {', '.join(Role)}")
        if len(password) < MIN_PASSWORD:
            raise ProblemError(Code.PASSWORD_TOO_SHORT, limit=MIN_PASSWORD)
        if len(password) > MAX_PASSWORD:
            raise ProblemError(Code.BAD_FRAME, detail=f"password: at most {MAX_PASSWORD} characters")
        row = AgentRow(
            login=login,
            name=name,
            role=str(role),
            password_hash=await self._hash(password),
            active=True,
            created_at=self._clock.now(),
        )
        try:
            async with self._database.begin() as session:
                session.add(row)
        except IntegrityError:
            raise ProblemError(Code.LOGIN_TAKEN) from None
        return _identity(row)

    async def deactivate(self, login: str) -> None:
        """Close the account and end its sessions; what the agent wrote stays his. Raises
        ProblemError(NOT_FOUND)."""
        async with self._database.begin() as session:
            row = await session.scalar(select(AgentRow).where(AgentRow.login == _normal(login)))
            if row is None:
                raise ProblemError(Code.NOT_FOUND)
            row.active = False
            await session.execute(delete(AgentSessionRow).where(AgentSessionRow.agent_id == row.id))

    # ------------------------------------------------------------------ log-in
    async def log_in(self, login: str, password: str, address: str) -> LoggedIn:
        """A new session for who knows the password. `address` is the client's IP address.

        Takes the same time whether the log-in exists or not. Raises ProblemError: LOGIN_FAILED, or
        LOGIN_THROTTLED after too many failures in 5 minutes for this log-in or from this address.
        """
        login = _normal(login)
        if not _LOGIN.fullmatch(login):
            login = ""
        await self._admit(login, _network(address))
        async with self._database.read() as session:
            row = await session.scalar(select(AgentRow).where(AgentRow.login == login, AgentRow.active))
        known = row.password_hash if row else self._nobody
        right = await self._verify(known, password)
        if row is None or not right:
            raise ProblemError(Code.LOGIN_FAILED)
        better = await self._hash(password) if self._hasher.check_needs_rehash(known) else known
        return await self._begin_session(row, better)

    async def _admit(self, login: str, address: str) -> None:
        """Count the attempt as failed before the password is looked at, so that many at once can't all slip
        through; a success takes it back."""
        now = self._clock.now()
        recent = LoginFailureRow.at > now - THROTTLE_WINDOW
        query = select(
            select(func.count()).where(LoginFailureRow.login == login, recent).scalar_subquery(),
            select(func.count()).where(LoginFailureRow.address == address, recent).scalar_subquery(),
        )
        async with self._admitting, self._database.begin() as session:
            by_login, by_address = (await session.execute(query)).one()
            if by_login >= FAILURES_PER_LOGIN or by_address >= FAILURES_PER_ADDRESS:
                raise ProblemError(Code.LOGIN_THROTTLED, retry=True)
            session.add(LoginFailureRow(login=login, address=address, at=now))

    async def _begin_session(self, agent: AgentRow, password_hash: str) -> LoggedIn:
        now = self._clock.now()
        token = secrets.token_urlsafe(32)
        kept = AgentSessionRow(
            token_hash=_token_hash(token),
            agent_id=agent.id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + min(IDLE, LIFETIME),
        )
        async with self._database.begin() as session:
            current = await session.get(AgentRow, agent.id, with_for_update=True)
            if current is None or not current.active:  # deactivated while the password was checked
                raise ProblemError(Code.LOGIN_FAILED)
            current.password_hash = password_hash
            await session.execute(delete(LoginFailureRow).where(LoginFailureRow.login == agent.login))
            session.add(kept)
        return LoggedIn(token, AgentSession(_identity(agent), kept.csrf_token, kept.expires_at))

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, _password(password))

    async def _verify(self, known: str, password: str) -> bool:
        async with self._hashing:
            try:
                return await asyncio.to_thread(self._hasher.verify, known, _password(password))
            except (VerificationError, InvalidHashError):
                return False

    # ------------------------------------------------------------------ sessions
    async def session(self, token: str) -> AgentSession:
        """The session that the cookie's `token` stands for; being asked for keeps it from going idle.

        Raises ProblemError(NOT_LOGGED_IN) where there is none, it has ended, or the account is closed.
        """
        now = self._clock.now()
        query = (
            select(AgentSessionRow, AgentRow)
            .join(AgentRow, AgentRow.id == AgentSessionRow.agent_id)
            .where(
                AgentSessionRow.token_hash == _token_hash(token),
                AgentSessionRow.expires_at > now,
                AgentRow.active,
            )
        )
        async with self._database.read() as session:
            found = (await session.execute(query)).one_or_none()
        if found is None:
            raise ProblemError(Code.NOT_LOGGED_IN)
        kept, agent = found
        until = min(now + IDLE, kept.created_at + LIFETIME)
        if until - kept.expires_at > timedelta(minutes=1):  # not a write for every request
            async with self._database.begin() as session:
                await self._prolong(session, kept.token_hash, until)
        return AgentSession(_identity(agent), kept.csrf_token, max(until, kept.expires_at))

    @staticmethod
    async def _prolong(session: AsyncSession, token_hash: str, until: datetime) -> None:
        kept = await session.get(AgentSessionRow, token_hash, with_for_update=True)
        if kept is not None:  # it may have been logged out meanwhile
            kept.expires_at = max(kept.expires_at, until)

    async def log_out(self, token: str) -> None:
        """End the session; none is no error."""
        async with self._database.begin() as session:
            await session.execute(
                delete(AgentSessionRow).where(AgentSessionRow.token_hash == _token_hash(token))
            )

    async def forget_expired(self) -> int:
        """Delete ended sessions and failures that no longer count; returns how many rows that were."""
        now = self._clock.now()
        ended = delete(AgentSessionRow).where(AgentSessionRow.expires_at <= now)
        old = delete(LoginFailureRow).where(LoginFailureRow.at <= now - THROTTLE_WINDOW)
        async with self._database.begin() as session:
            hashes = (await session.scalars(ended.returning(AgentSessionRow.token_hash))).all()
            ids = (await session.scalars(old.returning(LoginFailureRow.id))).all()
        return len(hashes) + len(ids)

    # ------------------------------------------------------------------ presence
    async def touch(self, agent_id: int) -> bool:
        """A sign of life of the agent's desk. Returns whether he has just come on duty by it."""
        now = self._clock.now()
        async with self._database.read() as session:
            seen = await session.scalar(select(AgentRow.seen_at).where(AgentRow.id == agent_id))
        if seen is None or now - seen >= TOUCH_EVERY / 2:  # his other tabs count as well
            async with self._database.begin() as session:
                await session.execute(update(AgentRow).where(AgentRow.id == agent_id).values(seen_at=now))
        return seen is None or now - seen > ONLINE_WITHIN


def _identity(row: AgentRow) -> AgentIdentity:
    return AgentIdentity(row.id, row.login, row.name, row.role)


def _normal(login: str) -> str:
    return login.strip().lower()


def _password(password: str) -> bytes:
    """The same password whatever keyboard it was typed on (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


def _token_hash(token: str) -> str:
    """A fast hash will do: the token is random, there is nothing to guess."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _network(address: str) -> str:
    """What an attacker has one of: an IPv4 address, an IPv6 /64."""
    try:
        known = ip_address(address)
        if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
            return str(ip_network((address, 64), strict=False))
    except ValueError:
        pass
    return address[:64]
