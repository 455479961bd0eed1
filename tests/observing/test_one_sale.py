"""Logs, metrics and traces of one sale through an API and a worker that are processes."""

import re
from collections.abc import Iterator
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from kit.instruments import OF_API, OF_WORKER
from tests.observing.conftest import NAME, Observed

BUYER = "Ada"
STEPS = ["parse", "mint", "email", "close"]


def of_sale(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (line for line in lines if line.get("order") == NAME)


def value(text: str, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return None


async def test_every_line_of_the_api_about_the_sale_names_event_order_and_workflow(
    observed: Observed,
) -> None:
    lines = list(of_sale(observed.lines["api"]))
    told = [line["message"].partition(" event")[0] for line in lines]
    assert told[0] == "stored gumroad"
    assert any(line["logger"] == "relay.dispatcher" for line in lines)
    (access,) = [line for line in lines if line["logger"] == "uvicorn.access"]
    assert (access["path"], access["status"]) == ("/webhooks/gumroad", 200)
    names = {(line["event"], line["workflow"]) for line in lines}
    assert names == {(observed.event.id, NAME)}
    unnamed = [line for line in observed.lines["api"] if f"event {observed.event.id}" in str(line)]
    assert [line for line in unnamed if line.get("order") != NAME] == []


async def test_every_line_of_a_step_names_event_order_workflow_and_step(
    observed: Observed,
) -> None:
    lines = [line for line in observed.lines["worker"] if "step" in line]
    assert [line["step"] for line in lines] == STEPS
    assert {(line["event"], line["order"], line["workflow"]) for line in lines} == {
        (observed.event.id, NAME, NAME)
    }


async def test_every_line_of_a_process_is_json_with_its_parts(observed: Observed) -> None:
    lines = [*observed.lines["api"], *observed.lines["worker"]]
    assert [line for line in lines if not {"time", "level", "logger", "message"} <= set(line)] == []
    assert "Uvicorn running on" in str(observed.lines["api"])


async def test_the_api_counts_requests_answers_lag_refusals_and_verdicts(
    observed: Observed,
) -> None:
    text = observed.scraped[0]
    source = {"source": "gumroad"}
    assert value(text, "mintpost_requests_total", kept="database", **source) == 1
    assert value(text, "mintpost_webhook_answer_seconds_count", status="200", **source) == 1
    assert value(text, "mintpost_dispatch_lag_seconds_count", **source) == 1
    assert value(text, "mintpost_refused_calls_total", **source) == 1
    assert value(text, "mintpost_verdicts_total", question="validate", code="MISTYPED_KEY") == 1
    assert value(text, "mintpost_database_up") == 1
    assert value(text, "mintpost_refused_calls_total", source="polar") == 0
    assert value(text, "mintpost_mail_reports_total", kind="delivered") == 1


async def test_the_worker_counts_outcomes_steps_mails_and_the_time_to_the_mail(
    observed: Observed,
) -> None:
    text = observed.scraped[1]
    settled = {"source": "gumroad", "outcome": "fulfilled"}
    assert value(text, "mintpost_events_settled_total", **settled) == 1
    done = {step: value(text, "mintpost_step_seconds_count", step=step) for step in STEPS}
    assert done == dict.fromkeys(STEPS, 1)
    assert value(text, "mintpost_email_attempts_total", outcome="accepted") == 1
    assert value(text, "mintpost_request_to_email_seconds_count", source="gumroad") == 1


async def test_every_metric_is_served_by_the_process_that_has_it(observed: Observed) -> None:
    for offset, meters in enumerate((OF_API, OF_WORKER)):
        for each in meters.all:
            assert f"# HELP {each.name}" in observed.scraped[offset]


async def test_the_outcomes_of_mails_are_shown_before_they_happen(observed: Observed) -> None:
    shown = set(re.findall(r'mintpost_email_attempts_total{outcome="(\w+)"}', observed.scraped[1]))
    assert shown == {"accepted", "logged", "found", "in_doubt", "refused", "failed"}
    assert "_created{" not in observed.scraped[1]


async def test_the_sdk_serves_its_own_metrics(observed: Observed) -> None:
    assert value(observed.scraped[2], "temporal_workflow_completed_total") == 1


async def test_one_trace_leads_from_the_request_to_the_e_mail(observed: Observed) -> None:
    (request,) = observed.collector.named("POST /webhooks/gumroad")
    spans = [each for each in observed.collector.spans() if each.trace == request.trace]
    by_id = {each.span.span_id: each for each in spans}
    orphans = [each.name for each in spans if each.span.parent_span_id not in by_id]
    assert orphans == ["POST /webhooks/gumroad"]
    (mail,) = [each for each in spans if each.name == "RunActivity:email"]
    ways = [each.name for each in spans if each.span.span_id == mail.span.parent_span_id]
    assert ways == ["StartActivity:email"]
    assert {each.service for each in spans} == {"mintpost-api", "mintpost-worker"}
    assert mail.attributes.items() >= {"mintpost.order": NAME}.items()
    traced = [line["trace"] for line in observed.lines["worker"] if "step" in line]
    assert set(traced) == {request.trace}


async def test_spans_hold_no_personal_data(observed: Observed) -> None:
    told = [word for each in observed.collector.spans() for word in each.words()]
    assert NAME in told
    assert [word for word in told if "@" in word or BUYER in word] == []


async def test_a_traced_sale_has_the_history_of_any_other(observed: Observed) -> None:
    history = await observed.client.get_workflow_handle(NAME).fetch_history()
    assert len(history.events) == 9
