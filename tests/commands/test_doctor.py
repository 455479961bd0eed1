"""`mintpost doctor` as a person and a monitor run it."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from commands.from_settings import FromSettings
from db.signing_keys import KnownKey, remember_key
from domain.findings import Level, ok, unchecked, warning
from kit.clock import utc_now
from licensing.private_keys import generate_private_key
from licensing.signing import Signer
from operations.doctor.checks import Check, Told
from tests.support.commanding import Run, Shop
from tests.support.running import SECRET

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTS = [
    "settings",
    "database",
    "disk",
    "spool",
    "clock",
    "temporal",
    "retention",
    "search attributes",
    "worker",
    "mail",
    "products",
    "products sold",
    "signing key",
    "revocation list",
]
AWAY = "127.0.0.1:1"
TOKEN = "a-token-of-postmark"


def told(out: str) -> dict[str, Any]:
    return {each["part"]: each for each in json.loads(out)}


def test_with_nothing_there_each_part_has_its_line_and_nothing_is_made(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clean.setenv("TEMPORAL_ADDRESS", AWAY)
    answer = mint("doctor", "--json")
    found = told(answer.out)

    assert (answer.code, answer.err) == (1, "")
    assert [*found] == [*PARTS, "api"]
    broken = {part for part, each in found.items() if each["level"] == Level.BROKEN}
    assert broken == {"database", "temporal", "products"}
    assert found["database"]["remedy"] == "mintpost migrate"
    assert found["signing key"]["level"] == Level.UNCHECKED
    assert [*tmp_path.iterdir()] == []


def test_with_everything_away_each_part_has_its_line_and_no_secret_stands_there(
    mint: Run, clean: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = generate_private_key()
    (tmp_path / "products.yaml").write_text(
        "gumroad: [{product_id: a, tier: b, activate: c}]\nstripe: [{product_id: d, tier: e}]\n"
    )
    clean.setenv("DATABASE_URL", f"postgresql://ada:{SECRET}@{AWAY}/mintpost")
    clean.setenv("TEMPORAL_ADDRESS", AWAY)
    clean.setenv("POSTMARK_TOKEN", TOKEN)
    clean.setenv("POSTMARK_API_URL", f"http://{AWAY}")
    clean.setenv("EMAIL_FROM", "shop@example.org")
    clean.setenv("PUBLIC_URL", f"http://ada:{SECRET}@{AWAY}")
    clean.setenv("LICENSE_SIGNING_KEY", key)
    clean.setenv("GUMROAD_WEBHOOK_SECRET", SECRET)
    clean.setenv("GUMROAD_ACCESS_TOKEN", TOKEN)
    clean.setenv("GUMROAD_API_URL", f"http://{AWAY}")
    answer = mint("doctor", "--json")
    found = told(answer.out)

    shops = ["gumroad secret", "gumroad webhooks", "stripe secret", "stripe webhooks"]
    assert answer.code == 1
    assert [*found] == [*PARTS[:10], "mail sender", *PARTS[10:], "api", *shops]
    levels = {part: each["level"] for part, each in found.items()}
    for part in ("database", "temporal", "mail", "api", "stripe secret"):
        assert levels[part] == Level.BROKEN, part
    for part in ("products sold", "signing key", "worker", "clock", "gumroad webhooks"):
        assert levels[part] == Level.UNCHECKED, part
    for secret in (SECRET, TOKEN, key.splitlines()[1], "@"):
        assert secret not in answer.out


def test_every_broken_setting_is_a_line_that_names_its_variable(
    mint: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("DATABASE_URL", "nonsense")
    clean.setenv("EMAIL_LOOKUP_SECONDS", "soon")
    clean.setenv("LICENSE_SIGNING_KEY", "no key")
    clean.setenv("GUMROAD_WEBHOOK_SECRET", "short")
    clean.setenv("TEMPORAL_TLS", "perhaps")
    answer = mint("doctor")
    settings = [line for line in answer.out.splitlines() if " settings: " in line]

    assert answer.code == 1
    for name in ("DATABASE_URL", "EMAIL_LOOKUP", "LICENSE_SIGNING", "GUMROAD_WEB", "TEMPORAL_TLS"):
        assert [name in line for line in settings].count(True) == 1, name
    assert all(line.startswith("broken") and "  -> " in line for line in settings)
    # A broken setting costs the lines that need it, and no others.
    assert "database: not checked: DATABASE_URL cannot be used" in answer.out
    assert "ok         spool: no request waits in var/spool" in answer.out
    assert "warning    mail: " in answer.out


@ON_SQLITE
async def test_a_whole_stack_is_ok_and_an_unmapped_product_is_broken(
    mint: Run, clean: pytest.MonkeyPatch, shop: Shop, tmp_path: Path
) -> None:
    key = generate_private_key()
    clean.setenv("LICENSE_SIGNING_KEY", key)
    clean.setenv("GUMROAD_WEBHOOK_SECRET", SECRET)
    clean.setenv("DATA_DIR", str(tmp_path))
    kid = Signer(key, "mintpost").public_key
    shop.mintpost.database.write_here(remember_key, KnownKey(kid.kid, kid.x), utc_now())
    answer = await asyncio.to_thread(mint, "doctor", "--json", "--url", shop.mintpost.url)
    found = told(answer.out)

    levels = {part: each["level"] for part, each in found.items()}
    good = ("settings", "database", "temporal", "search attributes", "signing key", "jwks")
    assert {part: levels[part] for part in (*good, "gumroad secret")} == dict.fromkeys(
        (*good, "gumroad secret"), Level.OK
    )
    assert "no-such-product" in found["products sold"]["sentence"]
    assert (answer.code, levels["products sold"]) == (1, Level.BROKEN)


@pytest.mark.parametrize("width", [80, 160])
def test_on_a_terminal_a_sentence_is_wrapped_and_a_remedy_stands_below_it(
    mint: Run, clean: pytest.MonkeyPatch, width: int
) -> None:
    clean.setenv("TEMPORAL_ADDRESS", AWAY)
    lines = mint("doctor", terminal=width).out.splitlines()

    plain = [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in lines]
    assert {"Settings", "Storage", "Temporal", "Mail", "Licenses", "API"} <= {*plain}
    # A path or a command stays whole, so that it can be copied.
    breakable = [line for line in plain if "→" not in line and "/" not in line]
    assert all(len(line) <= width for line in breakable)
    at = next(place for place, line in enumerate(plain) if "there is no database" in line)
    assert plain[at].startswith("  broken ")
    assert plain[at + 1].strip() == "→ mintpost migrate"
    assert plain[-1].startswith("2 ok, 3 broken")


class Sound:
    """An installation with nothing broken."""

    def checks(self) -> list[Check]:
        return [
            Check("Storage", "disk", Told(ok("disk", "9 GiB free"))),
            Check("Mail", "mail", Told(warning("mail", "nobody gets them", "set POSTMARK_TOKEN"))),
            Check("API", "api", Told(unchecked("api", "its address is not known here"))),
        ]


def test_a_long_remedy_is_wrapped_and_a_command_stays_whole(
    mint: Run, clean: pytest.MonkeyPatch
) -> None:
    order = f"set {'THE_RIGHT_VARIABLE ' * 5}and then `mintpost doctor --url {'x' * 30}`"
    command = f"mintpost doctor --url {'x y ' * 20}"
    found = [warning("mail", "nobody gets them", each) for each in (order, command)]
    clean.setattr(Sound, "checks", lambda _: [Check("Mail", "mail", Told(*found))])
    clean.setattr(FromSettings, "installation", lambda *_: Sound())
    out = re.sub(r"\x1b\[[\d;]*m", "", mint("doctor", terminal=80).out)

    _, told, *more, second, whole, _ = out.splitlines()
    assert told.endswith("mail: nobody gets them")
    assert more == [
        "             → set THE_RIGHT_VARIABLE THE_RIGHT_VARIABLE THE_RIGHT_VARIABLE",
        "               THE_RIGHT_VARIABLE THE_RIGHT_VARIABLE and then",
        f"               `mintpost doctor --url {'x' * 30}`",
    ]
    assert second.endswith("mail: nobody gets them")
    assert whole.rstrip() == f"             → {command}".rstrip()


def test_without_a_broken_part_the_exit_code_is_0(mint: Run, clean: pytest.MonkeyPatch) -> None:
    clean.setattr(FromSettings, "installation", lambda *_: Sound())
    answer = mint("doctor")

    assert answer.code == 0
    assert answer.out == (
        "ok         disk: 9 GiB free\n"
        "warning    mail: nobody gets them  -> set POSTMARK_TOKEN\n"
        "unchecked  api: not checked: its address is not known here\n"
        "1 ok, 1 warning, 1 unchecked\n"
    )
