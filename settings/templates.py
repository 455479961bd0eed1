"""Checks the operator's templates, because an unreadable one would be replaced silently."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, DirectoryPath

from settings.files import file_trouble, folder_trouble

FILES = ("subject.txt", "body.txt", "body.html")
NAMES = (
    *(f"license/{file}" for file in FILES),
    *(f"licenses/{file}" for file in FILES),
    "parts/head.html",
    "parts/license.html",
)


def _is_path(text: str) -> str:
    if (why := folder_trouble(Path(text))) is not None:
        raise ValueError(f"cannot be read: {why}")
    return text


def _readable(folder: Path) -> Path:
    places = [folder, *{(folder / name).parent for name in NAMES}]
    for place in places:
        if place.exists() and not (place.is_dir() and os.access(place, os.R_OK | os.X_OK)):
            raise ValueError(f"cannot be read: {place} is no folder that this user may enter")
    for name in NAMES:
        file = folder / name
        if os.path.lexists(file) and (why := file_trouble(file)) is not None:
            raise ValueError(f"has a template that cannot be read: {file}: {why}")
    return folder


TemplatesDir = Annotated[DirectoryPath, BeforeValidator(_is_path), AfterValidator(_readable)]
