"""The server behind a token of the fake Postmark: its kind, streams and webhooks, to be read.

The answers hold secrets, as the real ones do, so that a leak of them fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fakes.reactions import Reply, json_reply

TRANSACTIONAL = {"MessageStreamType": "Transactional", "ArchivedAt": None}
ALL_TRIGGERS = {name: {"Enabled": True} for name in ("Bounce", "Delivery", "SpamComplaint")}
SECRET_IN_URL = "a-word-of-the-webhook"  # noqa: S105 - invented


def webhook(url: str, **triggers: bool) -> dict[str, Any]:
    on = {**ALL_TRIGGERS, **{name: {"Enabled": enabled} for name, enabled in triggers.items()}}
    return {"ID": 1, "Url": url, "MessageStream": "outbound", "Triggers": on}


@dataclass(slots=True)
class PostmarkServer:
    """`at` is its clock; None: the clock of this machine."""

    delivery_type: str = "Live"
    tracks_opens: bool = False
    streams: dict[str, dict[str, Any]] = field(default_factory=lambda: {"outbound": TRANSACTIONAL})
    webhooks: list[dict[str, Any]] = field(
        default_factory=lambda: [
            webhook(f"https://any:{SECRET_IN_URL}@shop.example.com/webhooks/postmark")
        ]
    )
    at: datetime | None = None

    def reply(self, path: str, query: Mapping[str, list[str]]) -> Reply | None:
        """Answer a GET of the paths that only tell; None for every other path."""
        match path:
            case "/server":
                return self._dated(self._about())
            case "/message-streams":
                listed = [{"ID": name, **fields} for name, fields in self.streams.items()]
                return json_reply({"TotalCount": len(listed), "MessageStreams": listed})
            case "/webhooks":
                stream = query.get("MessageStream", ["outbound"])[0]
                found = [{**each, "MessageStream": stream} for each in self.webhooks]
                return json_reply({"Webhooks": found})
        return None

    def _about(self) -> Reply:
        return json_reply(
            {
                "ID": 1,
                "Name": "Licenses",
                "ApiTokens": ["server-token"],
                "DeliveryType": self.delivery_type,
                "TrackOpens": self.tracks_opens,
                "TrackLinks": "None",
            }
        )

    def _dated(self, reply: Reply) -> Reply:
        date = format_datetime(self.at or datetime.now(UTC), usegmt=True)
        return Reply(reply.status, reply.body, (("Date", date),))
