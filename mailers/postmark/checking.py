"""Checks a Postmark server by calls that change nothing.

A finding quotes nothing of an answer but the name of our own stream. Only the account's token,
which Mintpost does not have, tells whether a sender is confirmed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from domain.findings import Finding, broken, ok, unchecked, warning
from kit.webhook_address import points_at
from mailers.postmark.server import Stream, Webhook, read_server, read_streams, read_webhooks

MAIL = "mail"
REPORTS = "mail reports"
TEST_TOKEN = "POSTMARK_API_TEST"  # noqa: S105 - Postmark's own, which everybody knows
SET_TOKEN = "set POSTMARK_TOKEN to the API token of a live server, and start the worker again"  # noqa: S105
STREAM = "set POSTMARK_MESSAGE_STREAM to a transactional stream, and start the worker again"
TRACKING = "switch off Track opens in Postmark: Servers, the server, Settings"
REPORT_PATH = "/webhooks/postmark"
REGISTER = "add one in Postmark, as docs/operate.md tells under Delivered or bounced"
SET_SECRET = "set {} to the secret in the webhook's address, and start the API again"  # noqa: S105

Ask = Callable[[str, dict[str, str]], Awaitable[httpx.Response]]
"""Asks for a path with parameters."""


@dataclass(frozen=True, slots=True)
class PostmarkCheck:
    """One look. `public` is the API's address, at which a webhook of ours points.

    `unset` names the secret of the API's door, if it is known that the API has none.
    """

    ask: Ask
    token: str
    stream: str
    public: str | None
    unset: str | None = None

    async def findings(self) -> Sequence[Finding]:
        if self.token == TEST_TOKEN:
            return [broken(MAIL, "Postmark's test token is set, so nobody gets mail", SET_TOKEN)]
        try:
            server, streams, webhooks = await asyncio.gather(
                self.ask("server", {}),
                self.ask("message-streams", {"MessageStreamType": "All"}),
                self.ask("webhooks", {"MessageStream": self.stream}),
            )
        except Exception as error:  # noqa: BLE001 - the words of any error may hold a value
            told = f"Postmark gave no answer ({type(error).__name__}), so mails wait"
            return [broken(MAIL, told, "try again; https://status.postmarkapp.com tells outages")]
        if (refused := _refused(server)) is not None:
            return [refused]
        return [
            *_of_server(server),
            *self._of_stream(read_streams(streams)),
            self._of_reports(read_webhooks(webhooks)),
        ]

    def _of_stream(self, streams: tuple[Stream, ...] | None) -> Iterator[Finding]:
        if streams is None:
            yield unchecked(MAIL, "Postmark gave a list of streams that cannot be read")
            return
        named = f'the message stream "{self.stream}"'
        found = next((each for each in streams if each.id == self.stream), None)
        if found is None:
            yield broken(MAIL, f"Postmark's server has no stream named {self.stream!r}", STREAM)
        elif found.is_archived:
            yield broken(MAIL, f"{named} is archived, so Postmark sends nothing by it", STREAM)
        elif found.type.lower() != "transactional":
            told = f"{named} is no transactional one: it is for bulk mail"
            yield warning(MAIL, told, STREAM)
        else:
            yield ok(MAIL, f"{named} is there, and transactional")

    def _of_reports(self, webhooks: tuple[Webhook, ...] | None) -> Finding:
        if webhooks is None:
            return unchecked(REPORTS, "Postmark gave a list of webhooks that cannot be read")
        ours = [each for each in webhooks if points_at(each.url, REPORT_PATH, self.public)]
        if not ours:
            told = f"no webhook of the stream points at {REPORT_PATH}, so no bounce is told"
            return warning(REPORTS, told, REGISTER)
        if self.unset is not None and self.public is not None:
            told = f"{self.unset} is not set, so the API refuses what Postmark's webhook tells"
            return warning(REPORTS, told, SET_SECRET.format(self.unset))
        lacks = min((each.lacks for each in ours), key=len)
        if lacks:
            off = ", ".join(lacks)
            told = f"Postmark's webhook is not told of {off}"
            return warning(REPORTS, told, f"switch on {off} in Postmark: the stream, Webhooks")
        return ok(REPORTS, "Postmark tells deliveries, bounces and complaints")


def _refused(answer: httpx.Response) -> Finding | None:
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return broken(MAIL, "Postmark refuses the token in POSTMARK_TOKEN", SET_TOKEN)
    if answer.status_code == HTTPStatus.OK:
        return None
    told = f"Postmark answered {answer.status_code}, so mails may wait"
    return broken(MAIL, told, "try again; if it stays so, check POSTMARK_API_URL and the proxy")


def _of_server(answer: httpx.Response) -> Iterator[Finding]:
    server = read_server(answer)
    if server is None:
        yield broken(
            MAIL, "something else than Postmark answers", "correct POSTMARK_API_URL and the proxy"
        )
    elif server.is_sandbox:
        yield broken(MAIL, "Postmark's server is a sandbox, so nobody gets mail", SET_TOKEN)
    else:
        yield ok(MAIL, "Postmark takes the token, and its server is live")
    if server is not None and server.tracks_opens:
        yield warning(MAIL, "the server tracks opens, which adds an image to each mail", TRACKING)
