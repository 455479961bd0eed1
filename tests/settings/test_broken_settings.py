"""A setting that cannot work ends the process with a sentence naming it, without a secret."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import worker
from api.app import create_app
from embedded.ports import free_ports
from kit.environment import SettingsError
from licensing.private_keys import generate_private_key
from settings.loading import load
from settings.temporal import temporal_config
from settings.temporal_tls import usable_temporal_config
from settings.worker import WorkerSettings
from tests.support.commanding import Run
from tests.support.processes import WORKER, refuses, run, start
from tests.support.running import PRODUCTS

API = (sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app")
LONG = "a" * 5000
BROKEN = {
    "DATA_DIR": "file",
    "DATABASE_URL": "postgresql://u:sekret@host:0/d",
    "GUMROAD_WEBHOOK_SECRET": "sekret",
    "TEMPORAL_TLS": "perhaps",
}
CERT, KEY, CA = (
    f"TEMPORAL_TLS_{part}_PATH" for part in ("CLIENT_CERT", "CLIENT_KEY", "SERVER_CA_CERT")
)


@pytest.fixture
def folder(clean: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    clean.setenv("LICENSE_SIGNING_KEY", generate_private_key())
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("sekret")
    (tmp_path / "templates" / "license" / "body.txt").mkdir(parents=True)
    return tmp_path


def pair() -> tuple[str, str]:
    """Create a certificate and its key."""
    key, name, now = Ed25519PrivateKey.generate(), x509.Name([]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, None)
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM).decode(), pem.decode()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATA_DIR", "file", "is no folder"),
        ("DATA_DIR", "file/below/it", "is no folder"),
        ("DATA_DIR", LONG, "File name too long"),
        ("DATA_DIR", "\udcff", "is no text"),
        ("DATABASE_URL", "sqlite:///folder", "it is a folder"),
        ("DATABASE_URL", f"sqlite:///{LONG}", "too long"),
        ("DATABASE_URL", "sqlite:///file/sekret.db", "is no folder"),
        ("DATABASE_URL", "sqlite://", "in memory"),
        ("DATABASE_URL", "sqlite:///x.db?timeout=sekret", "is neither"),
        ("DATABASE_URL", "sqlite:///x.db?sekret=1", "is neither"),
        ("DATABASE_URL", "sqlite://sekret@host/x.db", "is neither"),
        ("DATABASE_URL", "postgresql://u:sekret@host:0/d", "has a port"),
        ("DATABASE_URL", "postgresql://u:sekret@host:65536/d", "has a port"),
        ("DATABASE_URL", "postgresql://u:sekret@host:65x/d", "is neither"),
        ("DATABASE_URL", "postgresql://u:sekret@host/d?sekret=1", "has an option"),
        ("DATABASE_URL", "postgresql://u:sekret@host/d?sslmode=sekret", "has an sslmode"),
        ("DATABASE_URL", "postgresql://u:sekret@host/d?sslrootcert=/none", "as sslrootcert"),
        ("DATABASE_URL", "postgresql://u:sekret@host/d?connect_timeout=x", "connect_timeout"),
        ("EMAIL_FROM", "shop@" + "(" * 2000, "is no single mailbox"),
        ("OPERATOR_EMAIL", "\udcff@example.com", "is no text"),
        ("POSTMARK_TOKEN", "sekret\u00e4", "holds a character"),
        ("POSTMARK_TOKEN", "two sekret", "holds a character"),
        ("POSTMARK_API_URL", "https://host:99999", "invalid port"),
        ("POSTMARK_API_URL", "https://host/?token=sekret", "after its path"),
        ("EMAIL_LOOKUP_SECONDS", "1e999", "less than"),
        ("EMAIL_LOOKUP_SECONDS", "9" * 5000, ""),
        ("TEMPLATES_DIR", "templates", "has a template that cannot be read"),
        ("TEMPLATES_DIR", "file", "is no folder"),
        ("TEMPLATES_DIR", LONG, "File name too long"),
        ("LICENSE_ISSUER", "\udcff", "is no text"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    folder: Path, clean: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    del folder
    clean.setenv("EMAIL_FROM", "shop@example.com")
    clean.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load(WorkerSettings)
    assert str(caught.value).startswith(name)
    assert words in str(caught.value)
    assert "sekret" not in str(caught.value).replace(str(value), "")


@pytest.mark.parametrize(
    ("given", "named", "words"),
    [
        ({"TEMPORAL_ADDRESS": "host:0"}, "TEMPORAL_ADDRESS", "no host with a port"),
        ({"TEMPORAL_ADDRESS": "host:65536"}, "TEMPORAL_ADDRESS", "no host with a port"),
        ({"TEMPORAL_ADDRESS": "[::g]:7233"}, "TEMPORAL_ADDRESS", "no host with a port"),
        ({"TEMPORAL_ADDRESS": "\udcff:7233"}, "TEMPORAL_ADDRESS", "is no text"),
        ({"TEMPORAL_NAMESPACE": "a\nb"}, "TEMPORAL_NAMESPACE", "holds a character"),
        ({"TEMPORAL_API_KEY": "sekret\u00e4"}, "TEMPORAL_API_KEY", "holds a character"),
        ({"TEMPORAL_GRPC_META_A": "sekret\u00e4"}, "TEMPORAL_GRPC_META_A", "can be no header"),
        ({"TEMPORAL_TLS": "perhaps"}, "TEMPORAL_TLS", "neither true nor false"),
        ({"TEMPORAL_CONFIG_FILE": "folder"}, "TEMPORAL_CONFIG_FILE", "it is a folder"),
        ({"TEMPORAL_CONFIG_FILE": "none"}, "TEMPORAL_CONFIG_FILE", "No such file"),
        ({"TEMPORAL_CONFIG_FILE": "file"}, "TEMPORAL_", "look at TEMPORAL_CONFIG_FILE"),
        ({CERT: "folder", KEY: "folder"}, CERT, "it is a folder"),
        ({CERT: "file", KEY: "file"}, CERT[:-5], "is no certificate in PEM"),
        ({CERT: "cert", KEY: "file"}, KEY[:-5], "is no private key"),
        ({CERT: "cert", KEY: "other"}, KEY, "is the key of another certificate"),
        ({CERT: "cert"}, KEY, "is missing"),
        ({KEY: "key"}, CERT, "is missing"),
        ({CA: "file"}, CA[:-5], "is no certificate in PEM"),
        ({"TEMPORAL_TLS": "1", "TEMPORAL_TLS_SERVER_NAME": "a b"}, "TEMPORAL_TLS_SERVER", "host"),
    ],
)
def test_a_temporal_setting_that_cannot_work_is_named(
    folder: Path, clean: pytest.MonkeyPatch, given: Mapping[str, str], named: str, words: str
) -> None:
    (certificate, key), (_, other) = pair(), pair()
    for name, content in {"cert": certificate, "key": key, "other": other}.items():
        (folder / name).write_text(content)
    for name, value in given.items():
        clean.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        usable_temporal_config()
    assert str(caught.value).startswith(named)
    assert words in str(caught.value)
    assert "sekret" not in str(caught.value)


def test_good_certificates_are_taken(folder: Path, clean: pytest.MonkeyPatch) -> None:
    certificate, key = pair()
    (folder / "cert").write_text(certificate)
    (folder / "key").write_text(key)
    for name, file in {CERT: "cert", KEY: "key", CA: "cert"}.items():
        clean.setenv(name, file)
    assert usable_temporal_config() == temporal_config()


def test_other_variables_need_not_be_text(folder: Path, clean: pytest.MonkeyPatch) -> None:
    del folder
    clean.setenv("SOMEBODY_ELSES", "\udcff")
    assert usable_temporal_config() == temporal_config()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_another_s_is_told(folder: Path, clean: pytest.MonkeyPatch) -> None:
    (folder / "file").chmod(0)
    clean.setenv("TEMPORAL_CONFIG_FILE", "file")
    with pytest.raises(SettingsError, match="TEMPORAL_CONFIG_FILE cannot be read: file: Permis"):
        usable_temporal_config()


def names_in(said: str) -> list[str]:
    assert "sekret" not in said
    return sorted(line.split()[0].strip(":") for line in said.splitlines())


async def test_each_process_tells_all_at_once_and_no_traceback(folder: Path) -> None:
    (folder / "products.yaml").write_text(PRODUCTS)
    named = {
        API: list(BROKEN),
        WORKER: ["DATA_DIR", "DATABASE_URL", "LICENSE_SIGNING_KEY_FILE", "TEMPORAL_TLS"],
    }
    for command, names in named.items():
        code, said = await run(*command, folder=folder, environment=BROKEN)
        assert (code, names_in(said)) == (1, sorted(names))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "names"),
    [("migrate", ["DATABASE_URL", "DATA_DIR"]), ("events", ["DATABASE_URL"])],
)
def test_each_command_tells_all_at_once_and_no_traceback(
    clean: pytest.MonkeyPatch, mint: Run, command: str, names: list[str]
) -> None:
    for name, value in BROKEN.items():
        clean.setenv(name, value)
    answer = mint(command)
    assert (answer.code, answer.out, names_in(answer.err)) == (1, "", sorted(names))


def test_a_slip_in_the_file_ends_each_process_with_its_line(mint: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LICENSE_ISSUER=shop\nPOSTMARK_TOKEN='sekret\n")
    sentence = '.env, line 2: a quote is not closed, or something follows it: write NAME="value"'
    for command in ("dev", "events"):
        answer = mint(command)
        assert (answer.code, answer.out, answer.err) == (1, "", f"{sentence}\n")
    for root in (create_app, worker.main):
        assert refuses(root) == sentence


async def test_without_a_secret_the_api_says_so_and_starts(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    environment = {"DATABASE_URL": "postgresql://u@127.0.0.1:1/none"}
    command = (*API, "--port", str(port))
    async with start(*command, folder=tmp_path, environment=environment) as api:
        await api.says("gumroad: GUMROAD_WEBHOOK_SECRET is not set, so every call")
        await api.says("Application startup complete")
        assert api.output().count("GUMROAD_WEBHOOK_SECRET is not set") == 1
