"""The metrics of Mintpost. `docs/observe.md` lists them, and a test holds the list."""

from collections.abc import Iterable

from domain.delivery import DeliveryStatus
from domain.mail_reports import KINDS
from kit.metrics import Counter, Gauge, Histogram, Meters

ANSWER_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.8, 2.5, 5)
"""The store gives up after 1.8 s, and the least patient shop after 5 s."""

STEP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 3600)

WHOLE_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)
"""From a quick sale to one that waited a day for its product."""

TAKEN = (DeliveryStatus.ACCEPTED, DeliveryStatus.LOGGED)
ATTEMPTS = (*TAKEN, "found", "in_doubt", "refused", "failed")
"""The outcomes of an attempt at an e-mail. `found`: an earlier attempt in doubt had sent it."""

KEPT = ("database", "spool", "nowhere")
"""The places that take a request."""

REQUESTS = Counter(
    "mintpost_requests",
    "Authenticated webhook requests, by the place that took them.",
    ("source", "kept"),
)
REFUSED_CALLS = Counter(
    "mintpost_refused_calls",
    "Calls of a real webhook path that were refused: a wrong secret, a wrong clock.",
    ("source",),
)
WEBHOOK_ANSWER = Histogram(
    "mintpost_webhook_answer_seconds",
    "Time from an authenticated webhook request's head to the end of its answer.",
    ANSWER_BUCKETS,
    ("source", "status"),
)
DISPATCH_LAG = Histogram(
    "mintpost_dispatch_lag_seconds",
    "Time from the arrival of an event to the start of its workflow.",
    LAG_BUCKETS,
    ("source",),
)
SETTLED = Counter(
    "mintpost_events_settled", "Events that got their outcome.", ("source", "outcome")
)
WAITING = Gauge(
    "mintpost_events_waiting",
    "Events that wait now: open, parked with a sentence, failed.",
    ("status",),
)
OLDEST_OPEN = Gauge(
    "mintpost_oldest_open_event_seconds", "Age of the oldest event without an outcome."
)
SPOOLED = Gauge("mintpost_spooled_requests", "Requests that wait in the spool for the database.")
DATABASE_UP = Gauge("mintpost_database_up", "1 while the database answers the API.")
STEPS = Histogram(
    "mintpost_step_seconds", "Attempts at a step, by result.", STEP_BUCKETS, ("step", "result")
)
EMAILS = Counter(
    "mintpost_email_attempts", "Attempts at an e-mail, by outcome.", ("outcome",), ATTEMPTS
)
REQUEST_TO_EMAIL = Histogram(
    "mintpost_request_to_email_seconds",
    "Time from an event's arrival to the provider's acceptance of its e-mail.",
    WHOLE_BUCKETS,
    ("source",),
)
VERDICTS = Counter(
    "mintpost_verdicts",
    "Answers to apps, by code.",
    ("question", "code"),
)
REFUSED_QUESTIONS = Counter(
    "mintpost_refused_questions",
    "Questions of apps without a verdict.",
    ("why",),
    ("bad_request", "too_long", "too_many", "away"),
)
MAIL_REPORTS = Counter(
    "mintpost_mail_reports",
    "Reports of the mail provider about mails that it took.",
    ("kind",),
    KINDS,
)
BUILD = Gauge("mintpost_build_info", "The version that runs.", ("version", "process"))


def begin_counts(sources: Iterable[str], mailers: Iterable[str] = ()) -> None:
    """Show 0 for each storefront and mailer of the API."""
    for mailer in mailers:
        REFUSED_CALLS.begin(mailer)
    for source in sources:
        REFUSED_CALLS.begin(source)
        for kept in KEPT:
            REQUESTS.begin(source, kept)


OF_BOTH = (SETTLED, BUILD)
OF_API = Meters(
    (
        *OF_BOTH,
        *(REQUESTS, REFUSED_CALLS, WEBHOOK_ANSWER, DISPATCH_LAG),
        *(WAITING, OLDEST_OPEN, SPOOLED, DATABASE_UP, VERDICTS, REFUSED_QUESTIONS),
        MAIL_REPORTS,
    )
)
OF_WORKER = Meters((*OF_BOTH, STEPS, EMAILS, REQUEST_TO_EMAIL))
