"""A stack apart from all others: on free ports, in a folder of its own."""

from collections.abc import Mapping
from pathlib import Path

from embedded.data_dir import own_secrets
from embedded.ports import free_ports
from embedded.stack import StackPlan


def plan_apart(
    data_dir: Path, products: str, environment: Mapping[str, str], *, worker: str = "worker"
) -> StackPlan:
    """Plan it with secrets and a mapping of its own; its logs are files in `data_dir`."""
    mapping, logs = data_dir / "products.yaml", data_dir / "logs"
    mapping.write_text(products)
    logs.mkdir()
    port, temporal_port, ui_port = free_ports(3)
    own = {**own_secrets(data_dir, {}), "PRODUCTS_FILE": str(mapping)}
    return StackPlan(
        data_dir=data_dir,
        # Not where the caller is: the .env there must not be read.
        directory=data_dir,
        port=port,
        temporal_port=temporal_port,
        ui_port=ui_port,
        environment={**environment, **own},
        logs=logs,
        worker=worker,
    )
