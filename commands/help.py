"""Help with examples and without typer's `<bool>`, and ids that begin with a dash."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typing_extensions import override

SLIP = re.compile(r"--[a-z][a-z-]*(?==|$)(?!==$)")
"""A mistyped option. An order id may have capitals or digits, and end with `==`."""

Menu = TypeVar("Menu", bound=Callable[..., None])
Example = tuple[str, str | None]
"""A command line and a word on it, if it needs one."""


def examples(*shown: Example) -> Callable[[Menu], Menu]:
    """Give a command the examples that its help ends with. A test refuses one without."""

    def give(command: Menu) -> Menu:
        command.examples = shown  # type: ignore[attr-defined] # a function takes any name
        return command

    return give


def examples_of(command: TyperCommand) -> Sequence[Example]:
    return getattr(command.callback, "examples", ())


class QuietCommand(TyperCommand):
    # No option of ours has a short form, so a word with one dash in front is an id, or its part.
    ignore_unknown_options = True

    @override
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _without_type(super().get_help_option(ctx))

    @override
    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Add the words that a command makes only for its help: `<function>.ends_with()`."""
        if (ends_with := getattr(self.callback, "ends_with", None)) is not None:
            self.epilog = ends_with()
        super().format_help(ctx, formatter)
        _print_examples(examples_of(self))

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for slip in _slips(args):
            if slip not in known:
                ctx.fail(f"No such option: {slip}")
        return super().parse_args(ctx, args)


OF_COMPLETION = ("install_completion", "show_completion")


class QuietGroup(TyperGroup):
    @override
    def get_params(self, ctx: Any) -> list[Any]:
        params = super().get_params(ctx)
        for option in params:
            if isinstance(option, TyperOption) and option.name in OF_COMPLETION:
                _without_type(option)
        return params

    @override
    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return _without_type(super().get_help_option(ctx))


def _print_examples(shown: Sequence[Example]) -> None:
    # Without a frame, so that a person can copy each line.
    if shown:
        typer.secho(" Examples:", bold=True)
    width = max((len(command) for command, why in shown if why is not None), default=0)
    for command, why in shown:
        typer.echo(f"   {command}" if why is None else f"   {command:{width}}  # {why}")
    if shown:
        typer.echo()


def _slips(args: list[str]) -> Iterator[str]:
    for arg in args:
        if arg == "--":
            return
        if found := SLIP.match(arg):
            yield found[0]


def _without_type(option: TyperOption | None) -> TyperOption | None:
    if option is not None:
        option.metavar = ""
        # For a flag without a default typer builds a validator, and imports pydantic for it.
        option.default = False
    return option
