"""Which foreign ids may become a workflow id, a search attribute or part of a sentence."""

LONGEST = 200


def is_usable(identifier: str) -> bool:
    """Tell whether it is 1 to 200 printable characters that UTF-8 can encode.

    Temporal refuses longer ids, a line break in one breaks every log it is written to, and
    a lone surrogate cannot be stored anywhere.
    """
    return 0 < len(identifier) <= LONGEST and identifier.isprintable()


def is_usable_order_id(identifier: str) -> bool:
    """Tell whether it is usable and free of the colon that separates a source from an order id."""
    return is_usable(identifier) and ":" not in identifier


def order_reference(source: str, order_id: str) -> str:
    """One sale's name everywhere: the workflow id and what `mintpost show` takes."""
    return f"{source}:{order_id}"


def resend_reference(source: str, order_id: str, number: int) -> str:
    """Name the workflow of one more e-mail that a person asked for."""
    return f"{order_reference(source, order_id)}:resend:{number}"
