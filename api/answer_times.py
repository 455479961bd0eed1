"""Measures the time of each webhook's answer. A stranger's call is not measured."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.authentication import SENDER, Sender
from kit.instruments import WEBHOOK_ANSWER


class AnswerTimes:
    """ASGI middleware around the gate. `assemble` leaves it out while metrics are off."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, sent)
        if status and isinstance(sender := scope.get(SENDER), Sender):
            WEBHOOK_ANSWER.observe(perf_counter() - begun, sender.source, str(status))
