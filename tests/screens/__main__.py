"""Draws every page and dialog, light and dark, small and large: ``python -m tests.screens [NAME...]``."""

import argparse
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from mailmove_gui.app import make_application
from mailmove_gui.desktop import theme
from mailmove_gui.texts import set_language
from tests.screens.all_scenes import SCENES

SIZES = ((900, 600), (1200, 760))
FOLDER = Path("build") / "screens"


def draw(application: QApplication, name: str, width: int, height: int, folder: Path) -> Path:
    """Take a picture of one scene."""
    scene = SCENES[name](width, height)
    scene.widget.show()
    for _round in range(3):
        application.processEvents()
    shade = "dark" if theme.is_dark(application.palette()) else "light"
    file = folder / f"{name}_{width}x{height}_{shade}.png"
    scene.widget.grab().save(str(file))
    scene.widget.hide()
    scene.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return file


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screens")
    parser.add_argument("names", nargs="*", help="scenes to draw (all)")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--language", default="en")
    parser.add_argument("--light", action="store_true", help="light only")
    parser.add_argument("--small", action="store_true", help="900 x 600 only")
    chosen = parser.parse_args()
    application = make_application([])
    set_language(chosen.language)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    shades = [theme.light_palette()] if chosen.light else [theme.light_palette(), theme.dark_palette()]
    for palette in shades:
        application.setPalette(palette)
        for name in chosen.names or SCENES:
            for size in SIZES[:1] if chosen.small else SIZES:
                print(draw(application, name, *size, chosen.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
