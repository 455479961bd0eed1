"""An API that gives every device a place, whatever the limit."""

from dataclasses import replace

from sqlalchemy.orm import Session

import operations.online
from db.devices import Activated, NewDevice, activate


def activate_any(session: Session, new: NewDevice) -> Activated:
    return activate(session, replace(new, limit=None))


vars(operations.online).update(activate=activate_any)
