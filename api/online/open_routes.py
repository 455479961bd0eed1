"""Opens a path to apps everywhere: no credentials but the key, any origin, and never a 500."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from api.online.fields import BadRequestError, BodyTooLongError
from api.online.mapping import MappingAwayError
from domain.errors import DatabaseAwayError
from kit.frames import unexpected_error
from kit.instruments import REFUSED_QUESTIONS
from operations.online import TooManyError

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(seconds=10)
"""The pause that an app is asked to make while an answer is impossible."""

PATIENCE = timedelta(seconds=5)

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
"""The key is the only credential, and no browser sends it by itself."""

# An app must see a refusal as a refusal, also in a browser.
HEADERS = {
    **ANY_ORIGIN,
    "Access-Control-Expose-Headers": "Retry-After",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

Answer = Callable[[Request], Awaitable[Response]]

Finish = Callable[[Request, Response], None]
"""Adds an API's own headers to an answer, also to a refusal."""


class Words(Protocol):
    """The refusals of one API, in its own form."""

    def bad_request(self, error: BadRequestError) -> Response: ...

    def too_long(self) -> Response: ...

    def too_many(self, seconds: int) -> Response: ...

    def away(self, seconds: int) -> Response: ...


def open_route(  # noqa: PLR0913 - most callers give four
    router: APIRouter,
    path: str,
    answer: Answer,
    words: Words,
    methods: Collection[str] = ("POST",),
    *,
    finish: Finish | None = None,
) -> None:
    """Add a public path. Its answer may raise what this module refuses.

    Those are BadRequestError, BodyTooLongError, TooManyError, DatabaseAwayError and
    MappingAwayError.
    """

    async def answered(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_preflight(methods))
        response = await _answered(request, answer, words)
        response.headers.update(HEADERS)
        if finish is not None:
            finish(request, response)
        return response

    # Not `add_api_route`: FastAPI would solve the dependencies of an answer that has none.
    route = Route(path, answered, methods=[*methods, "OPTIONS"])
    # Starlette adds HEAD to GET.
    route.methods = {*methods, "OPTIONS"}
    router.routes.append(route)


async def _answered(request: Request, answer: Answer, words: Words) -> Response:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await answer(request)
    except BadRequestError as error:
        REFUSED_QUESTIONS.count("bad_request")
        return words.bad_request(error)
    except BodyTooLongError:
        REFUSED_QUESTIONS.count("too_long")
        return words.too_long()
    except TooManyError as error:
        REFUSED_QUESTIONS.count("too_many")
        return _later(words.too_many(error.seconds), error.seconds)
    except ClientDisconnect:
        raise
    except (DatabaseAwayError, MappingAwayError, TimeoutError):
        pass
    except Exception as error:  # noqa: BLE001 - an app must never take our fault for a verdict
        logger.error("a question of an app got no answer: %s", unexpected_error(error))  # noqa: TRY400 - the traceback would show keys
    REFUSED_QUESTIONS.count("away")
    seconds = round(AGAIN_AFTER.total_seconds())
    return _later(words.away(seconds), seconds)


def _later(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def _preflight(methods: Collection[str]) -> dict[str, str]:
    return {
        **ANY_ORIGIN,
        "Access-Control-Allow-Methods": ", ".join(methods),
        # A wildcard does not cover Authorization.
        "Access-Control-Allow-Headers": "*, Authorization",
        "Access-Control-Max-Age": "86400",
    }
