"""Temporal runs, but refuses the settings: the worker ends with a sentence, without a traceback."""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

import worker
from kit.temporal_outages import OUTAGES, REFUSALS, temporal_trouble
from licensing.private_keys import generate_private_key
from tests.support.commanding import Run, Shop
from tests.support.processes import refuses
from tests.support.running import PRODUCTS, Setup

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NO_NAMESPACE = REFUSALS["NOT_FOUND"]


@pytest.fixture
def worker_settings(setup: Setup, clean: pytest.MonkeyPatch) -> None:
    (setup.folder / "products.yaml").write_text(PRODUCTS)
    url = setup.database.engine.url.render_as_string(hide_password=False)
    clean.setenv("DATABASE_URL", url)
    clean.setenv("TEMPORAL_ADDRESS", setup.client.service_client.config.target_host)
    clean.setenv("LICENSE_SIGNING_KEY", generate_private_key())


@ON_SQLITE
@pytest.mark.usefixtures("worker_settings")
def test_a_worker_in_a_namespace_that_is_not_there_says_so_and_ends(
    clean: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clean.setenv("TEMPORAL_NAMESPACE", "no-such-namespace")
    assert refuses(worker.main) == NO_NAMESPACE
    assert "Traceback" not in caplog.text
    assert "no-such-namespace" not in caplog.text


@ON_SQLITE
@pytest.mark.usefixtures("worker_settings")
def test_a_worker_that_wants_tls_of_a_plain_server_says_so_and_ends(
    clean: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clean.setenv("TEMPORAL_TLS", "true")
    assert refuses(worker.main) == REFUSALS["TLS"]
    assert "Traceback" not in caplog.text


@ON_SQLITE
async def test_commands_tell_a_namespace_that_is_not_there(
    shop: Shop, mint: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("TEMPORAL_NAMESPACE", "no-such-namespace")
    order = f"gumroad:{shop.parked}"
    answer = await asyncio.to_thread(mint, "retry", order)
    assert (answer.code, answer.out, answer.err) == (1, "", f"{NO_NAMESPACE}\n")
    answer = await asyncio.to_thread(mint, "show", order)
    assert (answer.code, f"not known: {NO_NAMESPACE}" in answer.out) == (0, True)
    clean.setenv("TEMPORAL_TLS", "true")
    answer = await asyncio.to_thread(mint, "retry", order)
    assert (answer.code, answer.err) == (1, f"{REFUSALS['TLS']}\n")


async def test_migrate_tells_it_as_well_and_the_database_is_migrated(
    mint: Run, clean: pytest.MonkeyPatch, client: Client, tmp_path: Path
) -> None:
    clean.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    clean.setenv("TEMPORAL_NAMESPACE", "no-such-namespace")
    answer = await asyncio.to_thread(mint, "migrate")
    assert (tmp_path / "var" / "mintpost.db").exists()
    assert answer.code == 0
    assert answer.out.splitlines()[1].endswith(f"SaleState: {NO_NAMESPACE}")
    clean.setenv("TEMPORAL_TLS", "true")
    answer = await asyncio.to_thread(mint, "migrate")
    assert answer.out.splitlines()[1].startswith(f"{REFUSALS['TLS']}; then run `mintpost")


@pytest.mark.parametrize("status", RPCStatusCode)
def test_every_status_is_a_sentence_that_names_it(status: RPCStatusCode) -> None:
    told = temporal_trouble(RPCError("a sekret value", status, b""))
    assert status.name in told.sentence
    assert "sekret" not in told.sentence
    waited_for = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN"}
    refused = {"UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED"}
    assert not told.refused or status.name in refused
    assert told.refused or status.name not in refused
    assert not told.refused or status.name not in waited_for


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("call error after connection: Status { code: Unauthenticated, message: x", "UNAUTH"),
        ("call error after connection: Status { code: PermissionDenied, message: x", "PERMISS"),
        ("ConnectError(Custom { error: InvalidCertificate(UnknownIssuer) })", "TLS"),
        ("ConnectError(Custom { error: AlertReceived(CertificateRequired) })", "TLS"),
    ],
)
def test_the_sdk_s_error_of_a_failed_connection_is_read(words: str, status: str) -> None:
    told = temporal_trouble(RuntimeError(f"Failed client connect: {words}"))
    assert (status in told.sentence, told.refused) == (True, True)


@pytest.mark.parametrize(
    ("address", "cause"),
    [("127.0.0.1:1", "nothing listens there"), ("nohost.invalid:7233", "its host has no address")],
)
async def test_a_server_that_is_not_there_is_waited_for(address: str, cause: str) -> None:
    with pytest.raises(RuntimeError) as failed:
        await Client.connect(address)
    told = temporal_trouble(failed.value)
    assert told.sentence.startswith(f"Temporal cannot be reached, because {cause}: ")
    assert not told.refused


def test_a_server_that_does_not_answer_is_waited_for() -> None:
    told = temporal_trouble(TimeoutError())
    assert (told.sentence, told.refused) == (OUTAGES["TimeoutError"], False)
