"""Temporal's settings, read by `temporalio.envconfig` and from `.env`."""

from pathlib import Path

import pytest

from kit.environment import SettingsError
from settings.temporal import temporal_config

Environment = pytest.MonkeyPatch


@pytest.mark.usefixtures("clean")
def test_the_default_temporal_is_local() -> None:
    assert temporal_config() == {"target_host": "127.0.0.1:7233", "namespace": "default"}


@pytest.mark.usefixtures("clean")
def test_the_env_file_sets_temporal_too(tmp_path: Path) -> None:
    (tmp_path / "authority.pem").write_bytes(b"a certificate")
    (tmp_path / ".env").write_text(
        "TEMPORAL_ADDRESS=shop.example.tmprl.cloud:7233\n"
        "TEMPORAL_NAMESPACE=shop\n"
        "TEMPORAL_API_KEY=a-key\n"
        f"TEMPORAL_TLS_SERVER_CA_CERT_PATH={tmp_path / 'authority.pem'}\n"
    )
    config = temporal_config()
    assert config.get("target_host") == "shop.example.tmprl.cloud:7233"
    assert config.get("namespace") == "shop"
    assert config.get("api_key") == "a-key"
    tls = config.get("tls")
    assert tls is not None
    assert not isinstance(tls, bool)
    assert tls.server_root_ca_cert == b"a certificate"


def test_the_environment_wins_over_the_file(clean: Environment, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TEMPORAL_NAMESPACE=file\n")
    clean.setenv("TEMPORAL_NAMESPACE", "environment")
    assert temporal_config().get("namespace") == "environment"


def test_blank_values_enable_no_tls(clean: Environment, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TEMPORAL_API_KEY=a-key\n")
    for name in ("API_KEY", "TLS", "ADDRESS", "PROFILE", "NAMESPACE"):
        clean.setenv(f"TEMPORAL_{name}", " ")
    assert temporal_config() == {"target_host": "127.0.0.1:7233", "namespace": "default"}


def test_an_unknown_profile_is_a_sentence(clean: Environment) -> None:
    clean.setenv("TEMPORAL_PROFILE", "nobody")
    with pytest.raises(SettingsError, match="Profile 'nobody' not found"):
        temporal_config()


def test_a_certificate_that_is_not_there_is_a_sentence(clean: Environment) -> None:
    clean.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", "no-such.pem")
    with pytest.raises(SettingsError, match=r"no-such\.pem"):
        temporal_config()


def test_a_broken_profile_file_is_not_quoted(clean: Environment, tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.default]\napi_key = "sekret\n')
    clean.setenv("TEMPORAL_CONFIG_FILE", str(file))
    with pytest.raises(SettingsError, match="TOML parse error at line 2") as caught:
        temporal_config()
    assert "sekret" not in str(caught.value)


@pytest.mark.parametrize("address", ["127.0.0.1:7233", "temporal_1:7233", "[::1]:7233"])
def test_an_address_is_a_host_with_a_port(clean: Environment, address: str) -> None:
    clean.setenv("TEMPORAL_ADDRESS", address)
    assert temporal_config().get("target_host") == address


# For some of these the SDK ends the process with a ValueError, for others it waits for ever.
@pytest.mark.parametrize("address", ["temporal", "http://temporal:7233", "a b:7233", "temporal:"])
def test_an_address_that_is_none_is_a_sentence(clean: Environment, address: str) -> None:
    clean.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(SettingsError, match="TEMPORAL_ADDRESS is no host with a port"):
        temporal_config()
