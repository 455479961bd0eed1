"""Findings about orders that look done and are not."""

from collections.abc import Iterable

from db.views.residue import Residue
from domain.advice import command
from domain.findings import Finding, Level
from domain.identifiers import order_reference


def residue_findings(residues: Iterable[Residue]) -> list[Finding]:
    return [_residue(each) for each in residues]


def _residue(residue: Residue) -> Finding:
    named = order_reference(residue.source, residue.order_id)
    if residue.owed:
        what, verb = "has a license whose e-mail nothing sends any more", "resend"
    else:
        what, verb = "was closed as delivered, and has no license", "show"
    return Finding(
        cause=f"residue:{named}",
        level=Level.BROKEN,
        sentence=f"{named} {what}; please report this",
        remedy=command(verb, named),
        since=residue.since,
        happened=True,
    )
