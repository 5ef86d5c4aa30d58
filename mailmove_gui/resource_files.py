"""Where the files lie that come with the program: icons, translations, provider tables, templates, help."""

import sys
from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Path of a shipped file or folder: ``resource_path("providers", "folder_names.toml")``.

    Whether that file is there is not looked at; without parts it is the folder of all resources.

    Raises:
        FileNotFoundError: the program came without its resources.
    """
    return _root().joinpath(*parts)


def _root() -> Path:
    """The folder of all resources: inside an installed package, beside it in a source tree."""
    package = Path(__file__).resolve().parent
    # PyInstaller says where a frozen program has its files; a module in its archive is no file.
    unpacked = getattr(sys, "_MEIPASS", None)
    if unpacked is not None:
        package = Path(unpacked) / package.name
    for folder in (package, package.parent):
        if (folder / "resources").is_dir():
            return folder / "resources"
    raise FileNotFoundError("MailMove was installed without its resources folder")
