"""Tell the version of an installed client."""

import json
import sys
from importlib.metadata import version

print(json.dumps(version(json.load(sys.stdin)["name"])))  # noqa: T201 - the result
