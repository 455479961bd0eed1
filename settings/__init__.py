"""Typed settings from the environment and `.env`, for the composition roots only.

Each process has its own class, so that it demands only the settings it uses. A process with broken
settings names all of them and does not start.
"""
