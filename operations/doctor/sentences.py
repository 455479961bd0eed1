"""Divides a sentence of another part into the finding and its remedy."""

import re

RUN = re.compile(r"(?:run )?`([^`]+)`")


def divided(sentence: str, otherwise: str) -> tuple[str, str]:
    """Return the sentence without its advice, and the advice: a bare command where it is one.

    `otherwise` is the remedy of a sentence without advice.
    """
    told, colon, advice = sentence.rpartition(": ")
    if ". " in advice:  # No clause, but whole sentences: the last one is the advice.
        told, colon, advice = sentence.rpartition(". ")
    if not colon or " " not in told:  # A bare name is no finding.
        return sentence, otherwise
    command = RUN.fullmatch(advice)
    return told, command[1] if command else advice
