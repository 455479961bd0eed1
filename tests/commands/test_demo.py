"""`mintpost demo`, as a person runs it: nothing of theirs may reach it, or be mailed by it."""

import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from commands import demo
from fakes.postmark import FakePostmark
from tests.support.commanding import Answer, Run
from tests.support.processes import MINTPOST, run
from tests.support.sleeping import SleepingStacks, sends

EARLY = "the demonstration was stopped early; to begin anew: `mintpost demo`\n"
STEPS = ["event stored", "workflow started", "parsed", "minted", "e-mailed", "closed"]


async def test_it_shows_a_sale_and_mails_nobody(tmp_path: Path) -> None:
    async with FakePostmark() as postmark:
        settings = {
            "POSTMARK_TOKEN": postmark.token,
            "POSTMARK_API_URL": postmark.url,
            "EMAIL_FROM": "real@example.org",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'real.db'}",
            "GUMROAD_SELLER_ID": "another==",
            "TEMPORAL_ADDRESS": "temporal.invalid:7233",
            "TEMPORAL_API_KEY": "a-key",
            "LICENSE_ISSUER": "real",
            "TMPDIR": str(tmp_path),
        }
        lines = [f"{name}={value}" for name, value in settings.items() if name != "TMPDIR"]
        (tmp_path / ".env").write_text("\n".join(lines))
        code, said = await run(*MINTPOST, "demo", folder=tmp_path, environment=settings)
    assert code == 0, said
    assert [step for step in STEPS if f"  {step} " in said] == STEPS
    assert said.count("✓") == 6
    assert "✗" not in said
    assert "ada.buyer@example.com" in said
    assert "`mintpost demo --keep` leaves it up" in said
    assert not postmark.requests
    assert not (tmp_path / "real.db").exists()


Shown = Callable[..., Answer]


@pytest.fixture
def shown(clean: pytest.MonkeyPatch, mint: Run, sqlite: URL, tmp_path: Path) -> Shown:
    """Run the command on processes that sleep, with a sale that was made before."""

    def migrate(url: URL) -> None:
        shutil.copyfile(str(sqlite.database), str(url.database))

    def run(stacks: SleepingStacks, *options: str, holds: bool = True) -> Answer:
        async def sell(*_: object, keep: bool) -> bool:
            assert keep == ("--keep" in options)
            return holds

        clean.setattr(demo, "Stack", stacks)
        clean.setattr(demo, "migrate_database", migrate)
        clean.setattr(demo, "_sell", sell)
        clean.setattr(tempfile, "tempdir", str(tmp_path))
        return mint("demo", *options)

    return run


def test_with_keep_it_stays_until_interrupted(shown: Shown) -> None:
    stacks = SleepingStacks(sends(signal.SIGINT))
    told = shown(stacks, "--keep")
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith("Ctrl-C stops it all.\n")
    assert (stacks.watched, len(stacks.pids), stacks.left()) == (True, 3, [])


def test_a_check_that_fails_is_a_failure(shown: Shown) -> None:
    told = shown(stacks := SleepingStacks(), holds=False)
    sentence = "the demonstration did not show what it promises; please report this; to look "
    assert (told.code, told.err.startswith(sentence), stacks.left()) == (1, True, [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_at_its_start_it_says_so_and_leaves_no_process(
    shown: Shown, number: signal.Signals
) -> None:
    stacks = SleepingStacks(during_start=sends(number))
    told = shown(stacks)
    assert (told.code, told.err) == (1, EARLY)
    assert (len(stacks.pids), stacks.left()) == (3, [])
