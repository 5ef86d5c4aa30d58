"""Files that are there as a whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, to be written and closed, that takes its place when the block ends well.

    Else `path` stays what it was. Readable by its owner only: addresses and subjects are in it.

    Raises:
        OSError: the folder is not there or full, or the file may not be replaced.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    os.close(descriptor)
    draft = Path(name)
    try:
        yield draft
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def whole_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """A text file that takes the place of `path` as `draft_of` does.

    Characters that the encoding lacks (half surrogates) become question marks; line ends are written as they come.
    """
    with draft_of(path) as draft, draft.open("w", encoding=encoding, errors="replace", newline="") as file:
        yield file
