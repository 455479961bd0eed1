"""The interceptor that records each failed attempt: in the workflow, on the event, in the log."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from db.engine import Database
from db.orders import FailedAttempt, record_failure
from domain.error_branches import MintpostError, OperatorError, PermanentError
from domain.errors import DatabaseAwayError, RowMissingError
from domain.identifiers import sale_named_in
from kit.clock import utc_now
from kit.frames import unexpected_error

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPace:
    """The pause before a retry, if the error names no pause.

    `operator` is the pause after an OperatorError: nobody mends products.yaml within a second, but
    a parked sale should resume within minutes. `transient` None: the workflow's policy decides.
    """

    operator: timedelta = timedelta(minutes=1)
    transient: timedelta | None = None


class FailureInterceptor(Interceptor):
    def __init__(self, database: Database, pace: RetryPace) -> None:
        self.database = database
        self.pace = pace

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _FailureRecorder(next, self.database, self.pace)


class _FailureRecorder(ActivityInboundInterceptor):
    def __init__(
        self, following: ActivityInboundInterceptor, database: Database, pace: RetryPace
    ) -> None:
        super().__init__(following)
        self.database = database
        self.pace = pace

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        began_at = utc_now()
        try:
            return await super().execute_activity(input)
        except MintpostError as error:
            error.name_sale(sale_named_in(activity.info().workflow_id or ""))
            failure = self.failure_of(error)
        except Exception as error:  # noqa: BLE001 - its words may hold an address: only its class leaves
            failure = _unexpected(error)
        await self.record(input.args[0].event_id, failure.message, began_at)
        raise failure from None

    def failure_of(self, error: MintpostError) -> ApplicationError:
        default = self.pace.operator if isinstance(error, OperatorError) else self.pace.transient
        return ApplicationError(
            error.sentence,
            type=error.failure_type,
            non_retryable=isinstance(error, PermanentError),
            next_retry_delay=error.retry_after or default,
        )

    async def record(self, event_id: int, sentence: str, began_at: datetime) -> None:
        info = activity.info()
        attempt = FailedAttempt(info.workflow_id or "", began_at)
        logger.warning("%s: %s: %s", info.workflow_id, info.activity_type, sentence)
        try:
            await self.database.write(record_failure, event_id, sentence, attempt)
        except (DatabaseAwayError, RowMissingError):
            # The workflow has this sentence, and the event gets the sentence of the next attempt.
            logger.warning("%s: the row could not be told", info.workflow_id)


def _unexpected(error: Exception) -> ApplicationError:
    logger.error("%s", unexpected_error(error))
    return ApplicationError(
        f"unexpected {type(error).__name__}: see the worker's log, and please report it; "
        "trying again",
        type=type(error).__name__,
    )
