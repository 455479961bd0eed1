"""Foreign ids: a check before use in Temporal and in sentences, and the ids made of them."""

LONGEST = 200


def is_usable(identifier: str) -> bool:
    """Tell whether the id has 1 to 200 printable characters that UTF-8 can encode.

    Temporal refuses longer ids, a line break breaks logs, and neither Temporal nor the database
    can store a lone surrogate.
    """
    return 0 < len(identifier) <= LONGEST and identifier.isprintable()


def is_usable_order_id(identifier: str) -> bool:
    """Tell whether the id is usable and has no colon, because a colon follows the source."""
    return is_usable(identifier) and ":" not in identifier


def order_reference(source: str, order_id: str) -> str:
    """Return the name of an order: its workflow id, and the argument of `mintpost show`."""
    return f"{source}:{order_id}"


EVENT_MARK = ":event:"
"""Stands in the workflow id of an event's own run. No order id has a colon."""


def event_reference(source: str, event_id: int) -> str:
    """Return the workflow id of an event that is no sale."""
    return f"{source}{EVENT_MARK}{event_id}"


RESEND_MARK = ":resend:"
"""Stands in the workflow id of a resend, between its order and its number."""


def resend_reference(source: str, order_id: str, number: int) -> str:
    """Return the workflow id of one more e-mail that a person asked for."""
    return f"{order_reference(source, order_id)}{RESEND_MARK}{number}"


def order_of_workflow(workflow_id: str) -> str | None:
    """Return the order in a workflow id; None for an event's own run, whose id has none."""
    if EVENT_MARK in workflow_id:
        return None
    source, _, rest = workflow_id.partition(":")
    return order_reference(source, rest.partition(":")[0])


def is_resend(workflow_id: str) -> bool:
    return RESEND_MARK in workflow_id


def sale_named_in(workflow_id: str) -> str:
    """Return the order or the event that a run is about, as `mintpost show` takes it."""
    return workflow_id.partition(RESEND_MARK)[0]
