"""The commands with their options, help and checks, one file a command.

At its head, each file imports only libraries that load quickly. The body of the command imports the
parts that do the work. So `--help` and a mistyped option get an answer at once.
"""
