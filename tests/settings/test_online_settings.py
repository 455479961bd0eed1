"""The settings of the API that answers apps."""

from pathlib import Path

import pytest

from api.online.dialects.registry import DIALECTS
from kit.environment import SettingsError
from settings.loading import load
from settings.online import KNOWN, OnlineSettings, split_dialects

Environment = pytest.MonkeyPatch


def problem() -> str:
    with pytest.raises(SettingsError) as caught:
        load(OnlineSettings)
    return str(caught.value)


@pytest.mark.usefixtures("clean")
def test_without_settings_the_api_speaks_no_dialect_and_keeps_its_key_with_its_data() -> None:
    settings = load(OnlineSettings)
    assert split_dialects(settings.dialects) == ()
    assert settings.answer_key_file() == Path("var/answer-key.pem")
    assert settings.license_issuer == "mintpost"
    assert settings.products_file == Path("products.yaml")


def test_the_key_of_the_answers_follows_the_data(clean: Environment, tmp_path: Path) -> None:
    clean.setenv("DATA_DIR", str(tmp_path))
    assert load(OnlineSettings).answer_key_file() == tmp_path / "answer-key.pem"
    clean.setenv("ANSWER_SIGNING_KEY_FILE", "/run/secrets/answer-key")
    assert load(OnlineSettings).answer_key_file() == Path("/run/secrets/answer-key")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("polar", ("polar",)),
        (" Polar , GUMROAD,, ", ("polar", "gumroad")),
        ("polar,keygen,polar", ("polar", "keygen")),
        (",".join(KNOWN), KNOWN),
        (" , ", ()),
    ],
)
def test_dialects_are_listed_with_commas(
    clean: Environment, given: str, names: tuple[str, ...]
) -> None:
    clean.setenv("DIALECTS", given)
    assert split_dialects(load(OnlineSettings).dialects) == names


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("polr", '"polr"'),
        ("gumroad;polar", '"gumroad;polar"'),
        ("gumroad, polr, keygn", '"polr", "keygn"'),
        ("x" * 41, f'"{"x" * 40}…"'),
        ("a\x1b[2Jb", r"'a\x1b[2jb'"),
    ],
)
def test_an_unknown_dialect_is_named(clean: Environment, given: str, named: str) -> None:
    clean.setenv("DIALECTS", given)
    assert problem() == (
        f"DIALECTS names no known dialect: {named}: "
        "it can list gumroad, lemonsqueezy, polar, keygen, with commas"
    )


def test_all_problems_are_told_at_once(clean: Environment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    clean.setenv("DIALECTS", "polr")
    clean.setenv("DATA_DIR", str(tmp_path / "file"))
    clean.setenv("DATABASE_URL", "nonsense")
    named = [line.split()[0] for line in problem().splitlines()]
    assert sorted(named) == ["DATABASE_URL", "DATA_DIR", "DIALECTS"]


def test_each_dialect_can_be_switched_on() -> None:
    assert tuple(DIALECTS) == KNOWN
