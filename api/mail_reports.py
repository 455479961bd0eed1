"""Records a mail provider's reports, and only then answers 200."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect

from api.authentication import SENDER, Sender
from api.bodies import read_cut
from db.engine import Database
from db.mail_reports import record_report
from domain.errors import DatabaseAwayError
from kit.clock import utc_now
from kit.instruments import MAIL_REPORTS
from mailers.doors import MailDoor, UnreadableReportError

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Reports that may be written at once, so that sales keep the other threads of the database."""

PATIENCE = timedelta(seconds=10)
"""A provider waits for at least a minute."""


@dataclass(frozen=True, slots=True)
class ReportInbox:
    """Answers one provider. It repeats a report after a 5xx alone, and drops it after a 4xx."""

    door: MailDoor
    database: Database
    patience: timedelta = PATIENCE
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def receive(self, request: Request) -> JSONResponse:
        """Answer a call. Raises 404 unless the gate has authenticated this provider."""
        sender = request.scope.get(SENDER)
        if not isinstance(sender, Sender) or sender.source != self.door.name:
            raise HTTPException(404)
        try:
            return JSONResponse({"recorded": await self.record(*await read_cut(request))})
        except ClientDisconnect:
            logger.warning("a report of %s broke off and was not answered", self.door.name)
            return JSONResponse({"detail": "incomplete"}, 400)
        except UnreadableReportError:
            # The provider would send the same bytes again.
            logger.warning("a report of %s cannot be read: nothing is recorded", self.door.name)
            return JSONResponse({"recorded": False})
        except (DatabaseAwayError, SQLAlchemyError, TimeoutError) as error:
            why = error.what if isinstance(error, DatabaseAwayError) else type(error).__name__
            logger.warning("a report of %s was not recorded: %s", self.door.name, why)
            return JSONResponse({"detail": "not recorded, please send again"}, 503)

    async def record(self, body: bytes, size: int) -> bool:
        """Return false for a call that tells nothing of a mail of ours, such as a probe."""
        if size > len(body):
            raise UnreadableReportError
        report = await asyncio.to_thread(self.door.read, body)
        if report is None:
            return False
        # A commit that comes after the answer is harmless, because a report is recorded once.
        async with asyncio.timeout(self.patience.total_seconds()), self.room:
            recorded = await self.database.write(record_report, report, utc_now())
        if recorded:
            MAIL_REPORTS.count(report.kind)
        return recorded


def report_routes(doors: Mapping[str, MailDoor], database: Database) -> APIRouter:
    router = APIRouter()
    for name, door in doors.items():
        inbox = ReportInbox(door, database)
        router.add_api_route(f"/webhooks/{name}", inbox.receive, methods=["POST"])
    return router
