"""`mintpost demo`, as a person runs it: nothing of theirs may reach it, or be mailed by it."""

import re
import signal
from pathlib import Path

import httpx

from embedded.ports import NO_TLS
from fakes.postmark import FakePostmark
from tests.support.processes import MINTPOST, all_gone, run, start

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


async def test_with_keep_it_stays_until_interrupted(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    async with start(*MINTPOST, "demo", "--keep", folder=tmp_path, environment=environment) as demo:
        await demo.says("Ctrl-C stops it all")
        children = await demo.children(3)
        (web_ui,) = re.findall(r"Web UI +(http\S+)", demo.output())
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
            assert (await http.get(web_ui)).status_code == 200
        assert await demo.stop(signal.SIGINT) == 0
        await all_gone(children)
    assert "Traceback" not in demo.output()


async def test_interrupted_at_its_start_it_says_so_and_leaves_no_process(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    async with start(*MINTPOST, "demo", folder=tmp_path, environment=environment) as demo:
        children = await demo.children(1)
        assert await demo.stop(signal.SIGINT) == 1
        await all_gone(children)
    assert demo.output().endswith("stopped before the demonstration was over\n")
