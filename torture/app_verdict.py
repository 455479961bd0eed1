"""Compares the answers to apps with the states of the licenses, and with their devices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from itertools import pairwise

from domain.license import LicenseReason, LicenseStatus
from domain.online import Code, device_hash
from torture.app_evidence import AskedLicense, FoundState
from torture.app_plan import DEVICES, Verb
from torture.apps import OK, Call
from torture.drawing import DrawnStory

WITHOUT_VERDICT = {429, 503, None}
UNDER_WAY = timedelta(seconds=10)
"""A change is written down with the time at which it began, and committed by then."""
SLACK = timedelta(seconds=1)

CODES: Mapping[str | None, Code] = {
    LicenseReason.REFUNDED: Code.REFUNDED,
    LicenseReason.DISPUTED: Code.DISPUTED,
    LicenseReason.PAUSED: Code.PAUSED,
    LicenseReason.BY_HAND: Code.DISABLED,
}
"""The answers about licenses that were taken back, by hand for the reasons of torture's stories."""
OF_VALID: Mapping[Verb, frozenset[Code]] = {
    Verb.ACTIVATE: frozenset({Code.VALID, Code.DEVICE_LIMIT}),
    Verb.VALIDATE: frozenset({Code.VALID, Code.DEVICE_NOT_ACTIVATED}),
}
RELEASES = frozenset({Code.DEACTIVATED, Code.DEVICE_NOT_ACTIVATED})


def wrong_answers(
    calls: Sequence[Call], licenses: Iterable[AskedLicense], stories: Iterable[DrawnStory]
) -> Iterator[tuple[str, str]]:
    """Yield each order whose apps got an answer that no state of its license allows."""
    known = {each.license_id: each for each in licenses}
    ends = {drawn.orders[0].order_id: _end(drawn) for drawn in stories}
    for call in calls:
        asked = f"{call.verb} was answered"
        if call.status != OK:
            if call.at_rest or call.status not in WITHOUT_VERDICT:
                yield call.order_id, f"{asked} {call.status}"
        elif call.at_rest and call.device is None:
            if call.code != (right := ends.get(call.order_id, Code.VALID)):
                yield call.order_id, f"{asked} {call.code} at rest, and {right} is right"
        elif call.code not in (right_ones := _allowed(call, known[call.license_id].states)):
            told = " or ".join(sorted(right_ones))
            yield call.order_id, f"{asked} {call.code}, and {told} is right"


def too_many_devices(
    calls: Sequence[Call], licenses: Iterable[AskedLicense]
) -> Iterator[tuple[str, str]]:
    """Yield each order with more devices than its license ever allowed, by answer or by row."""
    for license_ in licenses:
        most = DEVICES * max((each.seats for each in license_.states), default=1)
        told = [each.used or 0 for each in calls if each.license_id == license_.license_id]
        count = max([len(license_.devices), *told])
        if count > most:
            yield license_.order_id, f"it had {count} devices, and {most} is right"


def lost_devices(
    calls: Sequence[Call], licenses: Iterable[AskedLicense]
) -> Iterator[tuple[str, str]]:
    """Yield each order with a device that an answer promised and that is gone, or the reverse."""
    for license_ in licenses:
        own = [each for each in calls if each.license_id == license_.license_id and each.device]
        for device in sorted({each.device for each in own if each.device}):
            course = [each for each in own if each.device == device]
            if (what := _contradiction(course, license_, device)) is not None:
                yield license_.order_id, what


class Place(Enum):
    """The place of a device, as far as its app knows."""

    NONE = auto()
    OWN = auto()
    DOUBTFUL = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """A question and its answer, with the places that it allows before, and the place after."""

    allowed: frozenset[Place]
    after: Place | None


ANY = frozenset(Place)
NOT_OWN, NOT_NONE = ANY - {Place.OWN}, ANY - {Place.NONE}
STEPS: Mapping[tuple[Verb, str | None], Step] = {
    (Verb.ACTIVATE, Code.VALID): Step(ANY, Place.OWN),
    (Verb.ACTIVATE, Code.DEVICE_LIMIT): Step(NOT_OWN, Place.NONE),
    (Verb.VALIDATE, Code.VALID): Step(NOT_NONE, Place.OWN),
    (Verb.VALIDATE, Code.DEVICE_NOT_ACTIVATED): Step(NOT_OWN, Place.NONE),
    (Verb.DEACTIVATE, Code.DEACTIVATED): Step(NOT_NONE, Place.NONE),
    (Verb.DEACTIVATE, Code.DEVICE_NOT_ACTIVATED): Step(NOT_OWN, Place.NONE),
}
UNCHANGED = Step(ANY, None)
TOO_OFTEN = 429


def _contradiction(course: Iterable[Call], license_: AskedLicense, device: str) -> str | None:
    """Follow one device, whose questions come one after another."""
    place = Place.NONE
    for call in course:
        if call.is_late:
            return None  # The API may do later what it was asked, so nothing is sure any more.
        if call.status != OK:
            place = _without_verdict(call, place)
            continue
        step = STEPS.get((call.verb, call.code), UNCHANGED)
        if place not in step.allowed:
            had = "had its place" if place is Place.OWN else "had no place"
            return f"{device} {had}, and {call.verb} was answered {call.code}"
        place = step.after or place
    is_there = device_hash(license_.license_id, device) in license_.devices
    if place is Place.DOUBTFUL or is_there == (place is Place.OWN):
        return None
    return f"{device} " + ("has a place that was released" if is_there else "lost its place")


def _without_verdict(call: Call, place: Place) -> Place:
    """Doubt the place after a change whose answer got lost. A refusal changed nothing."""
    may_change = {Verb.ACTIVATE: Place.NONE, Verb.DEACTIVATE: Place.OWN}.get(call.verb)
    if call.status == TOO_OFTEN or may_change is not place:
        return place
    return Place.DOUBTFUL


def _allowed(call: Call, states: Sequence[FoundState]) -> frozenset[Code]:
    """Return the codes of every state that the license may have had during the question."""
    if call.verb is Verb.DEACTIVATE:
        return RELEASES
    codes = {_code(each, call) for each in _meanwhile(call, states)}
    return frozenset().union(*(_of_verb(code, call.verb) for code in codes))


def _of_verb(code: Code, verb: Verb) -> frozenset[Code]:
    return OF_VALID[verb] if code is Code.VALID else frozenset({code})


def _meanwhile(call: Call, states: Sequence[FoundState]) -> Iterator[FoundState]:
    for state, following in pairwise([*states, None]):
        assert state is not None  # noqa: S101 - only the last is None
        is_begun = state.at <= call.answered_at + SLACK
        if is_begun and (following is None or following.at + UNDER_WAY >= call.sent_at):
            yield state


def _code(state: FoundState, call: Call) -> Code:
    if state.status == LicenseStatus.ACTIVE:
        is_over = state.good_until is not None and state.good_until < call.sent_at
        return Code.EXPIRED if is_over else Code.VALID
    return CODES.get(state.reason, Code.DISABLED)


def _end(drawn: DrawnStory) -> Code:
    """Return the only right answer after a story."""
    end = drawn.story.end
    if end.status == LicenseStatus.ACTIVE:
        return Code.EXPIRED if end.is_over else Code.VALID
    return CODES.get(end.reason, Code.DISABLED)
