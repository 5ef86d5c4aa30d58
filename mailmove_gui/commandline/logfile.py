"""The log of a call: what happened when, without passwords and without mail."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.secrets import Redactor

_ROOT = "mailmove_gui"
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


@contextmanager
def logging_to(path: str | None, *, debug: bool) -> Iterator[Learn]:
    """Log what the program does during the block: to the file, or in detail to standard error with `debug` alone.

    Yields:
        What is to be told of each password, so that it is struck out of the log.

    Raises:
        InvalidInput: FILE_NOT_WRITABLE.
    """
    if path is None and not debug:
        # Without any handler, Python would print warnings to standard error.
        handler: logging.Handler = logging.NullHandler()
    elif path is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        try:
            handler = logging.FileHandler(path, encoding="utf-8")
        except OSError:
            problem = Problem(ProblemKind.FILE_NOT_WRITABLE, file=Path(path).name, field="--log-file")
            raise InvalidInput(problem) from None
    handler.setFormatter(logging.Formatter(_FORMAT))
    redactor = Redactor()
    handler.addFilter(redactor)
    logger = logging.getLogger(_ROOT)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    try:
        yield lambda secrets: redactor.add(*secrets)
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
        handler.close()
