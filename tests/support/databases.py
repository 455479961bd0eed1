"""The databases of a test, if it does not run on each kind."""

import pytest

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a behavior that does not depend on the database, because a whole sale takes long."""
