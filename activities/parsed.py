"""The result of the steps parse and complete: the ids of the saved sales."""

from collections.abc import Sequence

from workflows.steps import ParsedEvent


def parsed(sale_ids: Sequence[int]) -> ParsedEvent:
    first, *further = sale_ids
    return ParsedEvent(sale_id=first, further_sale_ids=tuple(further))
