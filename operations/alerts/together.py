"""Many findings of one kind as one alert, so that fifty bounces are no fifty digests."""

from collections.abc import Sequence
from dataclasses import replace

from domain.advice import code_span
from domain.findings import Finding, Level, kind_of

MOST = 5
"""Findings that are told whole."""


def together(found: Sequence[Finding], rest: str) -> list[Finding]:
    """Return one finding for each kind of cause.

    `rest` is the command that lists the findings that are too many to be told.
    """
    kinds: dict[str, list[Finding]] = {}
    for each in found:
        kinds.setdefault(kind_of(each.cause), []).append(each)
    return [_joined(kind, each, rest) for kind, each in kinds.items()]


def _joined(kind: str, found: Sequence[Finding], rest: str) -> Finding:
    first = found[0]
    told = [first.sentence] if len(found) == 1 else [_whole(each) for each in found[:MOST]]
    if len(found) > MOST:
        told.append(f"and {len(found) - MOST} more: {code_span(rest)}")
    return replace(
        first,
        cause=kind,
        level=Level.BROKEN if any(each.level is Level.BROKEN for each in found) else first.level,
        sentence="; ".join(told),
        since=min((each.since for each in found if each.since is not None), default=None),
        count=len(found),
    )


def _whole(finding: Finding) -> str:
    if finding.remedy is None:
        return finding.sentence
    return f"{finding.sentence}: {code_span(finding.remedy)}"
