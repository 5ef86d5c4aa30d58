"""What people are told when a file could not be opened or written."""

import logging

from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import MailError

_LOG = logging.getLogger(__name__)


def file_problem(error: Exception, file: str = "") -> Problem:
    """The problem with a file of this name; an exception that is no input's fault is raised again."""
    match error:
        case InvalidInput():
            return error.problem.at(file=file or None)
        case FileExistsError(errno=None):  # the ledger's own word; the system's means a folder on the way
            return Problem(ProblemKind.FILE_EXISTS, file=file)
        case OSError() | MailError():
            _LOG.warning("a file could not be written: %s", type(error).__name__)
            return Problem(ProblemKind.FILE_NOT_WRITABLE, file=file)
        case _:
            raise error
