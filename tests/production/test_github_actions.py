"""The workflow of GitHub Actions: it covers every check, and has few rights."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
RELEASE = (ROOT / ".github" / "workflows" / "release.yml").read_text()
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
MATRIX: dict[str, Any] = WORKFLOW["jobs"]["run"]["strategy"]["matrix"]


def steps(job: str) -> list[str]:
    return [step.get("run", "") for step in WORKFLOW["jobs"][job]["steps"]]


def test_the_workflow_runs_the_commands_of_ci_run() -> None:
    assert [step for step in steps("run") if step] == [".ci/run"]


def test_the_workflow_covers_every_supported_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={MATRIX['python'][0]}"
    assert MATRIX["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_the_workflow_covers_every_postgresql_and_that_of_production() -> None:
    versions = {pair["postgres"] for pair in MATRIX["include"]} | set(MATRIX["postgres"])
    assert versions == {"14", "15", "16", "17", "18"}
    assert {pair["python"] for pair in MATRIX["include"]} <= set(MATRIX["python"])
    (production,) = re.findall(
        r"image: postgres:(\d+)\.", (ROOT / "docker-compose.yml").read_text()
    )
    assert production in versions


def test_the_workflow_covers_the_python_of_the_image() -> None:
    found = re.findall(r"^FROM python:(3\.\d+)\.", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert set(found) <= set(MATRIX["python"])


def test_the_workflow_builds_the_image_and_sends_a_sale_through_it() -> None:
    whole = "\n".join(steps("production"))
    for command in ("docker compose build", "docker compose up --detach", "mintpost smoke"):
        assert command in whole


def test_the_locks_are_audited_every_week() -> None:
    # YAML 1.1 reads the key `on` as true.
    triggers: dict[Any, Any] = WORKFLOW
    (weekly,) = triggers[True]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", weekly["cron"])
    assert [step for step in steps("audit") if step] == ["make audit"]
    makefile = (ROOT / "Makefile").read_text()
    (command,) = re.findall(r"^audit:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert "pip-audit --require-hashes" in command
    assert "$(wildcard requirements/*.lock)" in command


def test_a_release_gets_a_bill_of_what_its_image_is_made_of() -> None:
    release: dict[Any, Any] = yaml.safe_load(RELEASE)
    assert release[True] == {"release": {"types": ["published"]}}
    (job,) = release["jobs"].values()
    (sbom,) = [step["with"] for step in job["steps"] if "sbom-action" in step.get("uses", "")]
    assert (sbom["image"], sbom["format"]) == ("mintpost:local", "cyclonedx-json")
    assert sbom["upload-release-assets"] is True


def test_dependabot_looks_after_packages_images_and_actions() -> None:
    file = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())
    assert file["version"] == 2
    looked_after = {each["package-ecosystem"] for each in file["updates"]}
    assert looked_after == {"pip", "docker", "docker-compose", "github-actions"}
    assert {each["schedule"]["interval"] for each in file["updates"]} == {"weekly"}


def test_every_action_is_pinned_to_a_commit() -> None:
    uses = re.findall(r"uses: (.+)", TEXT + RELEASE)
    pinned = re.compile(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert uses
    assert [action for action in uses if not pinned.fullmatch(action)] == []


def test_the_workflow_may_only_read() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert [job for job in WORKFLOW["jobs"].values() if "permissions" in job] == []
    assert "secrets." not in TEXT + RELEASE


def test_a_release_may_write_beside_itself_alone() -> None:
    release: dict[str, Any] = yaml.safe_load(RELEASE)
    assert release["permissions"] == {"contents": "read"}
    (job,) = release["jobs"].values()
    assert job["permissions"] == {"actions": "read", "contents": "write"}
