"""The workflow of GitHub Actions: it covers every check, and has few rights."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
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


def test_a_release_may_write_beside_itself_and_push_its_image_alone() -> None:
    release: dict[str, Any] = yaml.safe_load(RELEASE)
    assert release["permissions"] == {"contents": "read"}
    (job,) = release["jobs"].values()
    rights = {"actions": "read", "contents": "write", "packages": "write"}
    assert job["permissions"] == rights


@pytest.mark.parametrize(
    ("version", "prerelease", "tags"),
    [
        ("v1.2.3", "false", ["1.2.3", "sha-abc", "latest"]),
        ("1.3.0-rc.1", "true", ["1.3.0-rc.1", "sha-abc"]),
    ],
)
def test_a_release_s_image_is_pushed_under_version_commit_and_latest(
    tmp_path: Path, version: str, prerelease: str, tags: list[str]
) -> None:
    """Run the script of the step, with a `docker` that writes down what it is told."""
    (job,) = yaml.safe_load(RELEASE)["jobs"].values()
    script = job["steps"][-1]["run"]
    told = tmp_path / "told"
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\necho "$@" >> {told}\n')
    docker.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "IMAGE": "ghcr.io/Some-One/Mintpost",
        "VERSION": version,
        "PRERELEASE": prerelease,
        "TOKEN": "a token",
        "GITHUB_ACTOR": "someone",
        "GITHUB_SHA": "abc",
    }
    subprocess.run(["bash", "-e", "-c", script], env=environment, check=True)  # noqa: S603, S607 - our own step
    pushed = [line for line in told.read_text().splitlines() if line.startswith("push")]
    assert pushed == [f"push ghcr.io/some-one/mintpost:{tag}" for tag in tags]
    assert "a token" not in told.read_text()
