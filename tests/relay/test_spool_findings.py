"""Findings about requests in the spool."""

from pathlib import Path

from domain.findings import Level
from relay.spool import SET_ASIDE, Spool
from relay.spool_findings import spool_findings


async def test_an_empty_spool_is_no_finding(tmp_path: Path) -> None:
    assert await spool_findings(Spool(tmp_path / "spool")) == []


async def test_requests_that_wait_may_pass_and_those_set_aside_may_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    for name in ("one.json", "two.json", f"three{SET_ASIDE}"):
        (spool.folder / name).touch()
    waiting, aside = await spool_findings(spool)
    assert (waiting.cause, waiting.count, waiting.may_pass) == ("spooled", 2, True)
    assert waiting.sentence.startswith("spool: 2 requests wait")
    assert (aside.cause, aside.count, aside.may_pass) == ("set-aside", 1, False)
    assert aside.sentence.startswith("spool: 1 request")
    assert aside.remedy is not None
    assert aside.remedy.endswith(f"`mv {spool.folder}/three{SET_ASIDE} {spool.folder}/three.json`")


async def test_a_spool_that_cannot_be_used_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "spool").touch()
    found = await spool_findings(Spool(tmp_path / "spool"))
    assert [(each.cause, each.level) for each in found] == [("spool", Level.BROKEN)]
    assert "File exists" in found[0].sentence
