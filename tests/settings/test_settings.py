"""Values of settings from the environment and `.env`, and the sentences for wrong values."""

import re
from pathlib import Path

import pytest

from kit.environment import EnvironmentSettings, SettingsError
from licensing.private_keys import generate_private_key
from licensing.signing import Signer, SigningKeyError
from settings.database import DatabaseSettings
from settings.environment import plain_environment
from settings.loading import load
from settings.signing import SigningSettings
from settings.smoke import SmokeSettings
from settings.temporal import temporal_config
from settings.worker import WorkerSettings
from storefronts.gumroad.settings import GumroadApiSettings

Environment = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def key(clean: Environment) -> None:
    clean.setenv("LICENSE_SIGNING_KEY_FILE", "key.pem")


def problem(settings: type[EnvironmentSettings]) -> str:
    with pytest.raises(SettingsError) as caught:
        load(settings)
    return str(caught.value)


def test_a_blank_value_counts_as_absent(clean: Environment) -> None:
    for name in WorkerSettings.model_fields:
        if name != "license_signing_key_file":
            clean.setenv(name.upper(), "  ")
    settings = load(WorkerSettings)
    assert settings.postmark_token is None
    assert settings.data_dir == Path("var")
    assert settings.email_lookup_seconds == 300
    assert settings.license_issuer == "mintpost"


def test_a_secret_loses_the_line_break_of_its_file(clean: Environment) -> None:
    clean.setenv("POSTMARK_TOKEN", "a-token\n")
    clean.setenv("EMAIL_FROM", "shop@example.com")
    token = load(WorkerSettings).postmark_token
    assert token is not None
    assert token.get_secret_value() == "a-token"


def test_the_environment_wins_over_the_file(clean: Environment, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LICENSE_ISSUER=file\nPRODUCTS_FILE=other.yaml\n")
    clean.setenv("LICENSE_ISSUER", "environment")
    settings = load(WorkerSettings)
    assert (settings.license_issuer, settings.products_file) == ("environment", Path("other.yaml"))


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"GUMROAD_WEBHOOK_SECRET=\xff")
    assert problem(DatabaseSettings) == ".env cannot be read: it is no UTF-8 text"
    with pytest.raises(SettingsError, match="is no UTF-8 text"):
        temporal_config()


@pytest.mark.parametrize(
    "mailbox",
    [
        "shop@example.com",
        "<shop@example.com>",
        "Shop <shop@example.com>",
        "Shöp & Co. <shop@example.com>",
        '"Shop, Ltd." <shop@example.com>',
        "shop@localhost",
    ],
)
def test_a_sender_is_one_mailbox(clean: Environment, mailbox: str) -> None:
    clean.setenv("EMAIL_FROM", mailbox)
    assert load(WorkerSettings).email_from == mailbox


@pytest.mark.parametrize(
    "text",
    [
        "shop",
        "shop@",
        "@example.com",
        "a@b@example.com",
        "one@example.com, two@example.com",
        "Shop, Ltd. <shop@example.com>",
        "Shop <shop@example.com",
        "Shop <shop@example.com> too",
        "Shop shop@example.com",
        "shop@exa mple.com",
        "shop@example.com\nBcc: everyone@example.com",
        "Shop\r\n <shop@example.com>",
    ],
)
def test_a_sender_that_is_no_single_mailbox_is_refused(clean: Environment, text: str) -> None:
    clean.setenv("EMAIL_FROM", text)
    assert problem(WorkerSettings).startswith("EMAIL_FROM is no single mailbox: ")


def test_a_provider_needs_a_sender(clean: Environment) -> None:
    clean.setenv("POSTMARK_TOKEN", "a-token")
    assert problem(WorkerSettings).startswith("EMAIL_FROM is missing: ")


def test_the_operators_name_is_no_part_of_the_address(clean: Environment) -> None:
    clean.setenv("OPERATOR_EMAIL", "Me <me@example.com>")
    assert load(SmokeSettings).operator_address() == "me@example.com"


@pytest.mark.parametrize("seconds", ["soon", "-1", "nan", "inf", "86401", "5 minutes"])
def test_nonsense_for_a_number_is_refused(clean: Environment, seconds: str) -> None:
    clean.setenv("EMAIL_LOOKUP_SECONDS", seconds)
    assert problem(WorkerSettings).startswith("EMAIL_LOOKUP_SECONDS: input should be ")


@pytest.mark.parametrize("url", ["postmark", "ftp://postmark.example", "http://"])
def test_nonsense_for_the_api_is_refused(clean: Environment, url: str) -> None:
    clean.setenv("POSTMARK_API_URL", url)
    assert re.match("POSTMARK_API_URL: ([a-z]+|URL) ", problem(WorkerSettings))


@pytest.mark.parametrize(
    "url", ["shop.example.com", "ftp://shop.example", "javascript:x", "http://"]
)
def test_the_shop_s_address_is_one_of_the_web(clean: Environment, url: str) -> None:
    clean.setenv("SHOP_URL", url)
    assert re.match("SHOP_URL: ([a-z]+|URL) ", problem(WorkerSettings))


def test_a_folder_of_templates_must_be_there(clean: Environment, tmp_path: Path) -> None:
    # Otherwise our templates would silently replace the operator's.
    clean.setenv("TEMPLATES_DIR", str(tmp_path / "none"))
    assert problem(WorkerSettings).startswith("TEMPLATES_DIR: ")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://user:sekret@host/name",
        "postgresql+psycopg2://user:sekret@host/name",
        "postgresql://user:sek:ret@host:sekret/name",
    ],
)
def test_another_database_is_refused_without_its_password(clean: Environment, url: str) -> None:
    clean.setenv("DATABASE_URL", url)
    assert problem(DatabaseSettings).startswith("DATABASE_URL is neither ")
    assert "sek" not in problem(DatabaseSettings)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_psycopg_3(clean: Environment, scheme: str) -> None:
    clean.setenv("DATABASE_URL", f"{scheme}://user:word@host/name")
    assert load(DatabaseSettings).database().drivername == "postgresql+psycopg"


def test_several_webhook_secrets_are_separated_by_commas(clean: Environment) -> None:
    clean.setenv("GUMROAD_WEBHOOK_SECRET", "the-old-long-secret, the-new-long-secret,,")
    assert load(GumroadApiSettings).secrets() == ("the-old-long-secret", "the-new-long-secret")
    clean.setenv("GUMROAD_WEBHOOK_SECRET", " , ")
    assert load(GumroadApiSettings).secrets() == ()


@pytest.mark.parametrize("given", ["fifteen-letters", f"{'x' * 16},sekret", "sekret,,"])
def test_a_secret_that_can_be_guessed_is_refused_and_not_quoted(
    clean: Environment, given: str
) -> None:
    clean.setenv("GUMROAD_WEBHOOK_SECRET", given)
    told = problem(GumroadApiSettings)
    assert told.startswith("GUMROAD_WEBHOOK_SECRET has a secret of fewer than 16 characters")
    assert told.endswith(": openssl rand -hex 24")
    assert "sekret" not in told


@pytest.mark.parametrize("secret", ["x" * 1001, "%" * 334, "ü" * 167])
def test_a_secret_that_no_request_could_carry_is_refused(clean: Environment, secret: str) -> None:
    clean.setenv("GUMROAD_WEBHOOK_SECRET", f"{'y' * 16},{secret}")
    told = problem(GumroadApiSettings)
    assert told.startswith("GUMROAD_WEBHOOK_SECRET has a secret of more than 1000 characters")
    assert told.endswith(": openssl rand -hex 24")
    assert secret not in told
    clean.setenv("GUMROAD_WEBHOOK_SECRET", secret[:-1])
    assert load(GumroadApiSettings).secrets() == (secret[:-1],)


def test_a_signing_key_may_be_a_file_or_one_line(clean: Environment, tmp_path: Path) -> None:
    pem = generate_private_key()
    (tmp_path / "key.pem").write_text(pem)
    from_file = Signer(load(SigningSettings).signing_key(), "mintpost")
    clean.delenv("LICENSE_SIGNING_KEY_FILE")
    one_line = pem.strip().replace("\n", "\\n")
    for given in (one_line, pem):
        clean.setenv("LICENSE_SIGNING_KEY", given)
        assert Signer(load(SigningSettings).signing_key(), "mintpost").kid == from_file.kid
    clean.delenv("LICENSE_SIGNING_KEY")
    (tmp_path / ".env").write_text(f"LICENSE_SIGNING_KEY={one_line}\n")
    assert Signer(load(SigningSettings).signing_key(), "mintpost").kid == from_file.kid


def test_neither_none_nor_two_signing_keys_will_do(clean: Environment) -> None:
    sentence = "LICENSE_SIGNING_KEY_FILE or LICENSE_SIGNING_KEY must be set, and only one of them"
    clean.setenv("LICENSE_SIGNING_KEY", "sekret")
    assert problem(SigningSettings).startswith(sentence)
    clean.delenv("LICENSE_SIGNING_KEY")
    clean.delenv("LICENSE_SIGNING_KEY_FILE")
    assert problem(SigningSettings).startswith(sentence)


def test_a_signing_key_file_of_any_bytes_is_read_and_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(b"\x30\x2e\xff\xfe")
    with pytest.raises(SigningKeyError, match="is no private key in PEM"):
        Signer(load(SigningSettings).signing_key(), "mintpost")


def test_a_signing_key_file_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(SettingsError, match="LICENSE_SIGNING_KEY_FILE cannot be read: No such"):
        load(SigningSettings).signing_key()


def test_an_environment_without_ours_keeps_the_rest(clean: Environment) -> None:
    clean.setenv("postmark_token", "pydantic reads this as well")
    clean.setenv("TEMPORAL_TLS", "true")
    clean.setenv("SOMEBODY_ELSES", "kept")
    plain = plain_environment()
    assert plain.keys() & {"postmark_token", "TEMPORAL_TLS", "SOMEBODY_ELSES"} == {"SOMEBODY_ELSES"}
