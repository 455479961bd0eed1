"""Options and help of `mintpost dev`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from commands.context import given
from commands.help import examples


def _port(whose: str) -> Any:  # noqa: ANN401 - typer.Option's own type
    return typer.Option(metavar="PORT", min=1, max=65_535, help=whose)


ApiPort = Annotated[int, _port("of the API")]
TemporalPort = Annotated[int, _port("of Temporal's server")]
UiPort = Annotated[int, _port("of Temporal's Web UI")]
DataDir = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="what is kept  [default: DATA_DIR, or var]")
]


@examples(
    ("mintpost dev", "on the usual ports"),
    ("mintpost dev --port 8100 --data-dir ~/lumen", "with its files elsewhere"),
)
def dev(
    ctx: typer.Context,
    port: ApiPort = 8000,
    temporal_port: TemporalPort = 7233,
    ui_port: UiPort = 8233,
    data_dir: DataDir = None,
) -> None:
    """Run the whole embedded stack until Ctrl-C: migrations, Temporal, worker, API."""
    from commands.dev import plan_dev, run_dev

    folder, database = given(ctx).private_folder(data_dir)
    plan = plan_dev(folder, port, temporal_port, ui_port, given(ctx).whole_environment())
    run_dev(plan, database)
