"""The worker's parts: what they are, and how the settings describe them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.envconfig import ClientConnectConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.address import EmailOnceAddressed
from activities.apply import Apply
from activities.close import Close
from activities.complete import Complete
from activities.email import EmailLicense, MailPatience
from activities.failures import FailureInterceptor, RetryPace
from activities.mint import Mint
from activities.observing import StepObserver
from activities.parse import Parse
from activities.state import State
from catalog.file import ProductsFile, ProductsFileError
from db.engine import Database, open_engine
from kit.environment import SettingsError, tried
from kit.failures import without_traces
from kit.metrics_address import MetricsAddress
from kit.version import VERSION
from letters.composing import CatalogSource, Letters, Shop
from letters.rendering import Templates
from licensing.signing import Signer, SigningKeyError
from mailers.base import EmailService
from mailers.outbox.service import LoggingEmailService
from reading.reader import Reader
from settings.loading import load
from settings.observing import log_format
from settings.private import require_private_data
from settings.products import ProductsSettings
from settings.signing import SigningSettings
from settings.temporal_tls import usable_temporal_config
from settings.tracing import tracing_variables
from settings.worker import WorkerSettings
from storefronts.base import Storefront
from storefronts.registry import SOURCES, open_for_worker
from workflows.apply_event import ApplyEvent
from workflows.fulfill_sale import FulfillSale
from workflows.names import TASK_QUEUE
from workflows.resend_license import ResendLicense

__all__ = ["WorkerParts", "build_worker", "configured", "log_format"]

logger = logging.getLogger("mintpost.worker")

GRACE = timedelta(seconds=20)
"""What a step may still take after SIGTERM: a mail on the fast path takes at most eight."""


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """Everything that a worker's steps are made of, so that tests can put in their own."""

    database: Database
    storefronts: Mapping[str, Storefront]
    products: CatalogSource
    mailer: EmailService
    letters: Letters
    signer: Signer
    patience: MailPatience
    operator: str | None = None
    pace: RetryPace = field(default_factory=RetryPace)
    metrics: MetricsAddress | None = None
    traces: Mapping[str, str] | None = None
    health_file: Path | None = None


def build_worker(
    client: Client,
    parts: WorkerParts,
    task_queue: str = TASK_QUEUE,
    changed: Callable[[], None] = lambda: None,
) -> Worker:
    """Build the worker. It calls `changed` after a step that may have changed a license."""
    parse = Parse(parts.database, parts.storefronts, parts.operator)
    email = EmailLicense(parts.database, parts.mailer, parts.letters, parts.patience)
    reader = Reader(parts.database, parts.storefronts)
    return Worker(
        without_traces(client),
        task_queue=task_queue,
        workflows=[FulfillSale, ApplyEvent, ResendLicense],
        activities=[
            parse.parse,
            Complete(parts.database, parts.storefronts, parse).complete,
            Apply(parts.database, parts.storefronts, parts.products, changed=changed).apply,
            Mint(parts.database, parts.storefronts, parts.products, changed=changed).mint,
            EmailOnceAddressed(email, parts.database, reader).email,
            Close(parts.database, parts.storefronts).close,
            State(client).ask_state,
        ],
        # The first one is the outermost, so that the log names the sale on a failure's line too.
        interceptors=[
            StepObserver(parts.database),
            FailureInterceptor(parts.database, parts.pace),
        ],
        # Without this, the SDK hashes every module, which is a tenth of a worker's start.
        build_id=VERSION,
        # import-linter, ruff and the replay tests keep workflows deterministic; the sandbox
        # would import them anew for every sale (docs/adr/0003).
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=GRACE,
    )


def configured() -> tuple[WorkerParts, ClientConnectConfig]:
    """Build what the environment describes. Raises SettingsError with all that is wrong.

    The key and the products are looked at even where other settings are broken: nobody wants
    to mend one mistake only to be told the next.
    """
    problems: list[str] = []
    settings = tried(lambda: load(WorkerSettings), problems)
    storefronts = tried(lambda: open_for_worker(load), problems)
    signer = tried(lambda: _signer(load(SigningSettings)), problems)
    products = tried(lambda: _products(load(ProductsSettings)), problems)
    temporal = tried(usable_temporal_config, problems)
    traces = tried(tracing_variables, problems)
    exposed = None if settings is None else tried(lambda: _exposed(settings), problems)
    if not (settings and storefronts and signer and products):
        raise _broken(problems)
    if temporal is None or exposed is None or problems:
        raise _broken(problems)
    for sentence in exposed:
        logger.warning("%s", sentence)
    parts = _parts(settings, storefronts, signer, products)
    return replace(parts, traces=traces), temporal


def _broken(problems: list[str]) -> SettingsError:
    return SettingsError("\n".join(dict.fromkeys(problems)))


def _exposed(settings: WorkerSettings) -> list[str]:
    problems: list[str] = []
    key = tried(settings.exposed, problems)
    data = tried(lambda: require_private_data(settings), problems)
    if key is None or data is None:
        raise SettingsError("\n".join(problems))
    return key + data


def _signer(settings: SigningSettings) -> Signer:
    try:
        return Signer(settings.signing_key(), settings.license_issuer)
    except SigningKeyError as error:
        raise SettingsError(str(error)) from None


def _products(settings: ProductsSettings) -> ProductsFile:
    try:
        return ProductsFile(settings.products_file, SOURCES)
    except ProductsFileError as error:
        named = (f"PRODUCTS_FILE: {problem}" for problem in error.problems)
        raise SettingsError("\n".join(named)) from None


def _parts(
    settings: WorkerSettings,
    storefronts: Mapping[str, Storefront],
    signer: Signer,
    products: ProductsFile,
) -> WorkerParts:
    templates = Templates(settings.templates_dir)
    return WorkerParts(
        database=Database(open_engine(settings.database())),
        storefronts=storefronts,
        products=products,
        mailer=_mailer(settings),
        letters=Letters(products, signer, templates, _shop(settings)),
        signer=signer,
        patience=MailPatience(timedelta(seconds=settings.email_lookup_seconds)),
        operator=settings.operator_address(),
        metrics=settings.metrics_address,
        health_file=settings.worker_health_file,
    )


def _shop(settings: WorkerSettings) -> Shop:
    url = settings.shop_url
    return Shop(
        sender=settings.email_from,
        reply_to=settings.email_reply_to,
        name=settings.shop_name,
        url=None if url is None else url.unicode_string(),
    )


def _mailer(settings: WorkerSettings) -> EmailService:
    if settings.postmark_token is None:
        logger.warning("POSTMARK_TOKEN is not set: nobody gets e-mail, it is only written down")
        outbox = settings.data_dir / "outbox"
        sender = settings.email_from or "Mintpost <mintpost@localhost>"
        return LoggingEmailService(outbox, sender, settings.email_reply_to)
    # httpx is a twentieth of a worker's start.
    from mailers.postmark.service import PostmarkAccount, PostmarkEmailService  # noqa: PLC0415

    return PostmarkEmailService(
        PostmarkAccount(
            token=settings.postmark_token.get_secret_value(),
            sender=settings.email_from or "",
            reply_to=settings.email_reply_to,
            message_stream=settings.postmark_message_stream,
            api_url=str(settings.postmark_api_url),
        )
    )
