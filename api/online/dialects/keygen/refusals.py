"""Refuses in Keygen's words, as JSON:API documents with errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from fastapi.responses import Response

from api.online.dialects.keygen.wire import Document, answer_with
from api.online.fields import LONGEST_BODY, BadRequestError

TITLES: Mapping[int, str] = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Access denied",
    404: "Not found",
    413: "Payload too large",
    422: "Unprocessable resource",
    429: "Too many requests",
    503: "Service unavailable",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal. `pointer` names a place in the body, `parameter` one in the query."""

    status: int
    detail: str
    code: str | None = None
    pointer: str | None = None
    parameter: str | None = None


class RefusedError(Exception):
    """The request is understood, and refused."""

    def __init__(self, problem: Problem, again_after: int | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.again_after = again_after


def not_found(kind: str, name: str) -> RefusedError:
    return RefusedError(Problem(404, f"The requested {kind} '{name}' was not found", "NOT_FOUND"))


def refusal(problem: Problem, again_after: int | None = None) -> Response:
    error: Document = {"title": TITLES[problem.status], "detail": problem.detail}
    if problem.code is not None:
        error["code"] = problem.code
    if problem.pointer is not None:
        error["source"] = {"pointer": problem.pointer}
    elif problem.parameter is not None:
        error["source"] = {"parameter": problem.parameter}
    headers = {} if again_after is None else {"Retry-After": str(again_after)}
    document: Document = {"meta": {"id": str(uuid4())}, "errors": [error]}
    return answer_with(document, problem.status, headers)


class KeygenWords:
    """The refusals that every API here has."""

    def bad_request(self, error: BadRequestError) -> Response:
        if error.field is None:
            return refusal(Problem(400, error.why))
        first = error.field.partition(".")[0]
        if first in {"meta", "data"}:
            pointer = "/" + error.field.replace(".", "/")
            return refusal(Problem(400, error.why, pointer=pointer))
        return refusal(Problem(400, error.why, parameter=error.field))

    def too_long(self) -> Response:
        return refusal(Problem(413, f"the body must have at most {LONGEST_BODY} bytes"))

    def too_many(self, seconds: int) -> Response:
        detail = f"The limit of this address or license is reached. Retry after {seconds} s."
        return refusal(Problem(429, detail, "TOO_MANY_REQUESTS"))

    def away(self, seconds: int) -> Response:
        return refusal(Problem(503, f"No answer is possible now. Retry after {seconds} s."))
