"""Each process of `mintpost dev` gets what docker-compose.yml gives it, and no more."""

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from commands.child_environment import API, OURS, WORKER, environment_of, hidden_settings
from settings import ApiSettings, WorkerSettings
from tests.commands.processes import MINTPOST, some_ports, start

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

PRODUCTS = "gumroad:\n  - {product_id: lumen, tier: core}\n"
SECRETS = {
    "GUMROAD_WEBHOOK_SECRET": "webhook-secret-in-the-file",
    "POSTMARK_TOKEN": "mail-token-in-the-file",
    "EMAIL_FROM": "shop@example.com",
    "POSTGRES_PASSWORD": "compose-password-in-the-file",
    "TEMPORAL_API_KEY": "cloud-key-in-the-file",
}
EXPORTED = {"PGPASSWORD": "exported-password", "postmark_message_stream": "exported-stream"}


def environment_in(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def process_in(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    return next(name for name in ("uvicorn", "worker", "temporal") if name in command)


def readable_by_others(folder: Path) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


@LINUX
async def test_no_child_knows_another_s_secret_and_no_file_is_open_to_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "products.yaml").write_text(PRODUCTS)
    (tmp_path / ".env").write_text("".join(f"{n}='{value}'\n" for n, value in SECRETS.items()))
    data = tmp_path / "deep" / "data"
    command = (*MINTPOST, "dev", *some_ports(), f"--data-dir={data}")
    async with start(*command, folder=tmp_path, environment=EXPORTED) as dev:
        await dev.says("Ctrl-C stops all of it")
        children = await dev.children(3)
        found = {process_in(pid): environment_in(pid) for pid in children}
        assert readable_by_others(tmp_path / "deep") == []
        assert await dev.stop(signal.SIGTERM) == 0
    given = {**SECRETS, **EXPORTED}
    known = {
        name: {secret for secret in given if given[secret] in process.values()}
        for name, process in found.items()
    }
    # The stream's name is read in either case, and handed on in capitals.
    assert known == {
        "temporal": set(),
        "uvicorn": {"GUMROAD_WEBHOOK_SECRET", "PGPASSWORD"},
        "worker": {"POSTMARK_TOKEN", "EMAIL_FROM", "PGPASSWORD", "postmark_message_stream"},
    }
    assert found["temporal"].keys() & (OURS - {"DATA_DIR"}) == set()
    holders = [n for n, each in found.items() if each.get("LICENSE_SIGNING_KEY_FILE")]
    assert holders == ["worker"]


def test_what_a_process_reads_is_what_its_settings_name() -> None:
    assert {name.upper() for name in ApiSettings.model_fields} == API
    assert {name.upper() for name in WorkerSettings.model_fields} == WORKER


def test_what_is_not_its_own_is_blank_because_it_reads_the_file_too() -> None:
    given = {"GUMROAD_WEBHOOK_SECRET": "secret", "PATH": "/bin"}
    worker = environment_of("worker", given)
    assert (worker["GUMROAD_WEBHOOK_SECRET"], worker["PATH"]) == ("", "/bin")
    assert environment_of("temporal", given) == {"PATH": "/bin"}


def test_a_child_that_a_library_starts_inherits_none_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POSTMARK_TOKEN", "a-token")
    monkeypatch.setenv("PGPASSWORD", "a-word")
    with hidden_settings():
        assert os.environ.keys() & {"POSTMARK_TOKEN", "PGPASSWORD"} == set()
    assert (os.environ["POSTMARK_TOKEN"], os.environ["PGPASSWORD"]) == ("a-token", "a-word")
