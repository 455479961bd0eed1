"""Ports that can be left for a while and taken again."""

from random import sample

from commands.ports import PortTakenError, require_free

BELOW_EPHEMERAL = range(15_000, 30_000)
"""The system gives an outgoing connection one of 32,768 and above: perhaps that of a server
which is killed just now, and which then could not come back."""


def lasting_ports(count: int) -> list[int]:
    """Return ports that nobody listens on and that no outgoing connection will be given."""
    while True:
        ports = sample(BELOW_EPHEMERAL, count)
        try:
            require_free({f"--{port}": port for port in ports})
        except PortTakenError:
            continue
        return ports
