"""The commands as a person types them: options, help and checks of both, one file a command.

Each file imports at its head only libraries that load quickly, and in the body of its command the
parts that do the work: so `--help` and a mistyped option are answered at once.
"""
