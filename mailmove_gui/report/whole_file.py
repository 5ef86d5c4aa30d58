"""Files that are there as a whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def whole_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """A text file that takes the place of `path` when the block ends well; else `path` stays what it was.

    Readable by its owner only: addresses and subjects are in it. Characters that the encoding lacks (half surrogates)
    become question marks; line ends are written as they come.

    Raises:
        OSError: the folder is not there or full, or the file may not be replaced.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, errors="replace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
