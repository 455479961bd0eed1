"""Plans a stack that shares nothing with other stacks: free ports and a new folder."""

from collections.abc import Mapping
from pathlib import Path

from embedded.generated_secrets import generated_secrets
from embedded.ports import free_ports
from embedded.stack import StackPlan


def plan_isolated_stack(
    data_dir: Path, products: str, environment: Mapping[str, str], *, worker: str = "worker"
) -> StackPlan:
    """Plan a stack with new secrets and its own product mapping. It logs to files in `data_dir`."""
    mapping, logs = data_dir / "products.yaml", data_dir / "logs"
    mapping.write_text(products)
    logs.mkdir()
    port, temporal_port, ui_port = free_ports(3)
    own = {**generated_secrets(data_dir, {}), "PRODUCTS_FILE": str(mapping)}
    return StackPlan(
        data_dir=data_dir,
        # Run there, and not in the caller's directory, because processes read `.env` from theirs.
        directory=data_dir,
        port=port,
        temporal_port=temporal_port,
        ui_port=ui_port,
        environment={**environment, **own},
        logs=logs,
        worker=worker,
    )
