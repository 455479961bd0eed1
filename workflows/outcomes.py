"""The outcomes of `domain.event`, which workflows must not import; a test holds them equal."""

FULFILLED = "fulfilled"
RENEWED = "renewed"
DUPLICATE = "duplicate"
FAILED = "failed"
NOTED = "noted:"


def ignored(why: str | None) -> str:
    return f"ignored:{why}"


def noted(why: str) -> str:
    return f"{NOTED}{why}"
