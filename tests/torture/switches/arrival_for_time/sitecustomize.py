"""A worker whose fold takes the order of arrival for the order of the facts' own times."""

from dataclasses import replace
from datetime import datetime, timedelta

import db.minting
import db.reliving
from domain.lifecycle import Life, Story, fold

AN_HOUR = timedelta(hours=1)


def fold_by_arrival(story: Story, now: datetime) -> Life:
    # The facts stand in the order in which they were stored.
    told = tuple(
        replace(each, fact=replace(each.fact, at=now - AN_HOUR + timedelta(seconds=number)))
        for number, each in enumerate(story.facts)
    )
    return fold(replace(story, facts=told), now)


vars(db.minting).update(fold=fold_by_arrival)
vars(db.reliving).update(fold=fold_by_arrival)
