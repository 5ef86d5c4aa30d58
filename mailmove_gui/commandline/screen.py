"""Standard output and standard error as people read them."""

import sys
from typing import IO, TextIO

from rich.console import Console, RenderableType

_WIDTH_OF_A_FILE = 140


class Screen:
    """Writes text for people to a stream; nothing in it is taken for markup. A reader that went away is no error."""

    def __init__(self, stream: TextIO, *, silent: bool = False) -> None:
        self._silent = silent
        self.is_terminal = stream.isatty()
        self.console = Console(
            file=stream,
            width=None if self.is_terminal else _WIDTH_OF_A_FILE,
            highlight=False,
            markup=False,
            emoji=False,
            # Not by the environment: a script that reads our output never gets colours.
            no_color=None if self.is_terminal else True,
            force_terminal=None if self.is_terminal else False,
        )

    def line(self, text: str) -> None:
        """Write one line; a long one is not broken unless the terminal does it."""
        if not self._silent:
            self._print(text)

    def show(self, renderable: RenderableType) -> None:
        """Write a table or the like."""
        if not self._silent:
            self._print(renderable)

    def _print(self, what: RenderableType) -> None:
        try:
            self.console.print(what, soft_wrap=isinstance(what, str))
        except OSError:
            self._silent = True


def make_robust(*streams: IO[str]) -> None:
    """Have characters that a stream's encoding lacks replaced instead of raising."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def output(*, silent: bool = False) -> Screen:
    """Standard output."""
    return Screen(sys.stdout, silent=silent)


def error_output(*, silent: bool = False) -> Screen:
    """Standard error."""
    return Screen(sys.stderr, silent=silent)
