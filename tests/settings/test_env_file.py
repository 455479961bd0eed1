"""A mistake in `.env` is read as intended, or reported with its line and without a quote."""

import codecs
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from hypothesis import (
    HealthCheck,
    example,
    given,
    settings as hypothesis_settings,
    strategies as st,
)

from kit.environment import SettingsError
from settings.environment import whole_environment
from settings.loading import load
from settings.temporal_tls import usable_temporal_config
from settings.worker import WorkerSettings
from storefronts.gumroad.settings import GumroadApiSettings
from tests.support.cases import case

Environment = pytest.MonkeyPatch
SECRET = "sekret-sekret-sekret"

LINES = [
    "{}",
    "export {}",
    "export   {}",
    "  {}",
    "\t{}  ",
    "{} # why",
    "# a remark: with a colon\n\n{}",
    "SOMEBODY_ELSES=1\n{}\nANOTHER='x y'",
    "{0}\n{0}",
]


def written(folder: Path, content: bytes | str) -> None:
    (folder / ".env").write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def folder(clean: Environment, tmp_path: Path) -> Path:
    clean.setenv("LICENSE_SIGNING_KEY", "a key")
    return tmp_path


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("'a${SHOP}$b'", "a${SHOP}$b"),
        ("'${SHOP}'", "${SHOP}"),
        ('"a ${SHOP}"', "a shop"),
        ("${SHOP}'", "shop'"),
    ],
)
def test_text_in_single_quotes_is_literal(folder: Path, value: str, meant: str) -> None:
    written(folder, f"SHOP=shop\nexport LICENSE_ISSUER = {value}\n")
    assert load(WorkerSettings).license_issuer == meant


@pytest.mark.parametrize("line", LINES)
def test_clear_lines_are_read_as_intended(folder: Path, line: str) -> None:
    values = ["=shop", " = shop", '="shop"', "='shop'", " = 'shop' "]
    for value, line_break in product(values, ["\n", "\r\n", "\r"]):
        text = line.format(f"LICENSE_ISSUER{value}").replace("\n", line_break)
        with case(repr(text + line_break)):
            written(folder, text + line_break)
            assert load(WorkerSettings).license_issuer == "shop"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_files_written_by_windows_are_read(folder: Path, mark: bytes, encoding: str) -> None:
    written(folder, mark + "LICENSE_ISSUER=Käthe\r\nTEMPORAL_NAMESPACE=shop\r\n".encode(encoding))
    assert load(WorkerSettings).license_issuer == "Käthe"
    assert usable_temporal_config()["namespace"] == "shop"


def test_a_key_over_several_lines_is_read(folder: Path) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\nZm9vYg==\n-----END PRIVATE KEY-----"
    written(folder, f'POSTMARK_MESSAGE_STREAM="{pem}"\r\n'.replace("\n", "\r\n"))
    assert load(WorkerSettings).postmark_message_stream == pem


def test_a_folder_named_env_is_ignored(folder: Path) -> None:
    (folder / ".env").mkdir()
    assert load(WorkerSettings).license_issuer == "mintpost"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"A=1\nPOSTMARK_TOKEN='{SECRET}\nB=2\n", 2, "a quote is not closed"),
        (f'A=1\nPOSTMARK_TOKEN="{SECRET}\nEMAIL_FROM="a@b.example"\n', 2, "a quote is not closed"),
        (f'POSTMARK_TOKEN="{SECRET}\nEMAIL_FROM=a@b.example\nX="\n', 1, "a quote is not closed"),
        (f'A=1\n\n\nPOSTMARK_TOKEN="{SECRET}', 4, "a quote is not closed"),
        (f'POSTMARK_TOKEN="{SECRET}" more\n', 1, "something follows it"),
        (f"A=1\r\n# x\r\nPOSTMARK_TOKEN: {SECRET}\r\n", 3, "written NAME=value"),
        (f"POSTMARK_TOKEN:{SECRET}\n", 1, "written NAME=value"),
        (f'POSTMARK_TOKEN: "{SECRET}"\n', 1, "written NAME=value"),
        (f"POSTMARK_TOKEN : '{SECRET}'\n", 1, "written NAME=value"),
        (f"POSTMARK_TOKEN {SECRET}\n", 1, "written NAME=value"),
        (f"set POSTMARK_TOKEN={SECRET}\n", 1, "written NAME=value"),
        (f'"POSTMARK_TOKEN"={SECRET}\n', 1, "written NAME=value"),
        (f"- POSTMARK_TOKEN={SECRET}\n", 1, "written NAME=value"),
        (f"={SECRET}\n", 1, "written NAME=value"),
        ("POSTMARK_TOKEN\n", 1, "written NAME=value"),
        (f"LICENSE_SIGNING_KEY=-----BEGIN PRIVATE KEY-----\n{SECRET}\n", 2, "written NAME=value"),
        (f"POSTMARK_TOKEN=\u201c{SECRET}\u201d\n", 1, "typographic quotes"),
        (f"POSTMARK_TOKEN=a\0{SECRET}\n", 1, "NUL"),
        (f"POSTMARK_TOKEN=one\nA=1\npostmark_token={SECRET}\n", 3, "line 1 gives the same setting"),
    ],
)
def test_a_slip_is_told_with_its_line_by_every_reader(
    folder: Path, text: str, line: int, words: str
) -> None:
    written(folder, text)
    for read in (lambda: load(WorkerSettings), usable_temporal_config, whole_environment):
        with pytest.raises(SettingsError) as caught:
            read()
        assert f".env, line {line}: " in str(caught.value)
        assert words in str(caught.value)
        assert SECRET not in str(caught.value)


def test_every_slip_is_told_at_once(folder: Path) -> None:
    written(folder, "A: 1\nB=2\nC 3\n")
    with pytest.raises(SettingsError) as caught:
        load(GumroadApiSettings)
    assert [line[:13] for line in str(caught.value).splitlines()] == [
        ".env, line 1:",
        ".env, line 3:",
    ]


def test_a_blank_value_of_the_environment_wins_too(clean: Environment, folder: Path) -> None:
    # `mintpost dev` hides other processes' settings from a process in this way.
    written(folder, f"POSTMARK_TOKEN={SECRET}\n")
    clean.setenv("POSTMARK_TOKEN", "")
    assert load(WorkerSettings).postmark_token is None


def test_only_settings_of_the_file_go_to_children(folder: Path) -> None:
    written(folder, "POSTGRES_PASSWORD=sekret\nLICENSE_ISSUER=shop\nTEMPORAL_NAMESPACE=n\n")
    whole = whole_environment()
    assert (whole["LICENSE_ISSUER"], whole["TEMPORAL_NAMESPACE"]) == ("shop", "n")
    assert "POSTGRES_PASSWORD" not in whole


def sentence_of(read: Callable[[], object]) -> str | None:
    """Return the problems of the settings. Any exception but SettingsError fails the test."""
    try:
        read()
    except SettingsError as error:
        return str(error)
    return None


NAMES = st.sampled_from([*WorkerSettings.model_fields, *GumroadApiSettings.model_fields])
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ANY_LINE = st.builds("{}{}{}{}{}".format, VALUES, NAMES, st.sampled_from("=: "), VALUES, VALUES)


@given(st.binary(max_size=200) | st.lists(ANY_LINE | VALUES).map("\n".join).map(str.encode))
@example("DATABASE_URL=postgresql://user:pass@host:x/".encode("utf-16"))
@example(b'EMAIL_FROM="\n\xc2\x85shop@"')
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_gives_settings_or_a_sentence(folder: Path, content: bytes) -> None:
    written(folder, content)
    for read in (
        lambda: load(WorkerSettings),
        lambda: load(GumroadApiSettings),
        usable_temporal_config,
    ):
        assert sentence_of(read) != ""


@given(NAMES, VALUES)
@example("email_from", "(" * 3000)
@example("email_from", "a@[")
@example("database_url", "sqlite:////dev/null/x")
@example("data_dir", "x" * 5000)
@example("templates_dir", "x" * 5000)
@example("license_signing_key_file", "/")
@example("postmark_token", "0")
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_gives_settings_or_a_sentence_that_names_it(
    folder: Path, name: str, value: str
) -> None:
    del folder
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(name.upper(), value.replace("\0", ""))
        for settings in (WorkerSettings, GumroadApiSettings):
            said = sentence_of(partial(load, settings))
            # A provider's token needs a sender.
            also = "EMAIL_FROM" if name == "postmark_token" else name.upper()
            assert said is None or said.startswith((name.upper(), also, "LICENSE_SIGNING_KEY"))
