"""Help without typer's `<bool>` behind `--help`, after which nothing can be given."""

from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption
from typing_extensions import override


class QuietCommand(TyperCommand):
    @override
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _without_type(super().get_help_option(ctx))


class QuietGroup(TyperGroup):
    @override
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _without_type(super().get_help_option(ctx))


def _without_type(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.metavar = ""
    return option
