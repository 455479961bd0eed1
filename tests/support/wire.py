"""Compares answers with the examples of what the vendors' servers answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any  # - any JSON value, which tests index

EXAMPLES = Path(__file__).parents[1] / "data" / "dialects"


def examples(file: str) -> dict[str, Json]:
    """Return the examples of a file by their case."""
    return {one["case"]: one for one in json.loads((EXAMPLES / f"{file}.json").read_text())}


def differences(example: Json, answer: Json, at: str = "answer") -> list[str]:
    """Compare keys and types. A null stands for itself and for every type."""
    return list(_differences(example, answer, at))


def _differences(example: Json, answer: Json, at: str) -> Iterator[str]:
    if example is None or answer is None:
        return
    if type(example) is not type(answer):
        yield f"{at} is {answer!r}, and the vendor's is {example!r}"
    elif isinstance(example, dict):
        if example.keys() != answer.keys():
            yield f"{at} has other keys: {sorted(example.keys() ^ answer.keys())}"
        for name in example.keys() & answer.keys():
            yield from _differences(example[name], answer[name], f"{at}.{name}")
    elif isinstance(example, list):
        for number, (one, other) in enumerate(zip(example, answer, strict=False)):
            yield from _differences(one, other, f"{at}[{number}]")
