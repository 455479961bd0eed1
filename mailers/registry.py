"""The mailers whose provider reports what became of a mail. The API opens their doors."""

from collections.abc import Mapping

from kit.load import Load
from mailers.doors import MailDoor
from mailers.postmark.door import PostmarkDoor
from mailers.postmark.settings import PostmarkDoorSettings


def door_variables() -> frozenset[str]:
    """Return the variables of all doors, which the API alone reads."""
    return frozenset(map(str.upper, PostmarkDoorSettings.model_fields))


def open_doors(load: Load) -> Mapping[str, MailDoor]:
    """Build all doors; one without a secret knows nobody. Raises SettingsError.

    A new door is one line here.
    """
    return {
        PostmarkDoor.name: PostmarkDoor(load(PostmarkDoorSettings).secrets()),
    }
