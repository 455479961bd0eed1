"""The dashboard, the rules and the page name only metrics and labels that the processes serve."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from kit.instruments import OF_API, OF_WORKER
from tests.observing.conftest import Observed

DOCS = Path(__file__).parent.parent.parent / "docs"
FOLDER = DOCS / "observability"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text())
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "prometheus-rules.yml").read_text())[
    "groups"
][0]["rules"]
EXPRESSIONS = [
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
    *(rule["expr"] for rule in RULES),
]
METRIC = re.compile(r"\b(?:mintpost|temporal|process)_\w+")
MATCHED = re.compile(r"\b((?:mintpost|temporal)_\w+)\{([^}]*)\}")
SELECTOR = re.compile(r'(\w+)=~?"([^"]*)"')


@pytest.fixture(scope="session")
def served(observed: Observed) -> dict[str, list[dict[str, str]]]:
    """Return the labels of each sample, by its name."""
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(observed.metrics()):
        # A family without a sample yet has a name all the same.
        for suffix in ("", "_total", "_bucket", "_count"):
            found.setdefault(family.name + suffix, [])
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


async def test_every_metric_in_dashboard_and_rules_is_served(
    served: dict[str, list[dict[str, str]]],
) -> None:
    named = {name for each in EXPRESSIONS for name in METRIC.findall(each)}
    assert len(named) > 15
    assert named - served.keys() == set()


async def test_every_value_of_a_label_in_dashboard_and_rules_is_served(
    served: dict[str, list[dict[str, str]]],
) -> None:
    asked = {
        (name, label, value)
        for each in EXPRESSIONS
        for name, selectors in MATCHED.findall(each)
        for label, values in SELECTOR.findall(selectors)
        for value in values.split("|")
    }
    known = {
        (name, *pair)
        for name, samples in served.items()
        for labels in samples
        for pair in labels.items()
    }
    # No step failed in this sale.
    assert asked - known == {("mintpost_step_seconds_count", "result", "failed")}


def test_every_metric_stands_on_the_page_once_for_each_process() -> None:
    page = (DOCS / "observe.md").read_text()
    ours = [f"`{name}`" for name in names()]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines()]
    assert sorted(row for row in rows if row.startswith("`mintpost_")) == sorted(ours)


def names() -> list[str]:
    kinds = [each for meters in (OF_API, OF_WORKER) for each in meters.all]
    told = [f"{each.name}_total" if hasattr(each, "known") else each.name for each in kinds]
    return [name for name in told if name != "mintpost_build_info"]


def test_every_rule_says_what_is_and_what_to_do() -> None:
    for rule in RULES:
        assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
        assert set(rule["annotations"]) == {"summary", "action"}
        assert rule["labels"]["severity"] in {"page", "warn"}


def test_every_panel_has_a_place_of_its_own_and_a_description() -> None:
    places = [tuple(panel["gridPos"].values()) for panel in DASHBOARD["panels"]]
    assert len(places) == len(set(places))
    assert [panel["title"] for panel in DASHBOARD["panels"] if not panel["description"]] == []
