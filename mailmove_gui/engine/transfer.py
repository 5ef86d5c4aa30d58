"""Moving what is pending: one thread reads while another writes."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.engine.byte_queue import ByteQueue
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.reading import BATCH_BYTES, ReadBatch, read_batches
from mailmove_gui.engine.writing import Writer

_log = logging.getLogger(__name__)
_QUEUE_BYTES = 2 * BATCH_BYTES
_READER_END_S = 1.0
_READER_CUT_S = 10.0


def transfer(run: Pass, folders: Sequence[SourceFolderRecord], leave_out: Collection[int] = ()) -> None:
    """Move every pending message of the folders but these rows', in their order.

    Raises what reading or writing ended with; what was moved until then is in the ledger.
    """
    with run.cancel.part() as reading:
        _transfer(run, replace(run, cancel=reading), folders, leave_out)


def _transfer(run: Pass, reading: Pass, folders: Sequence[SourceFolderRecord], leave_out: Collection[int]) -> None:
    """As `transfer`; `reading` is the same pass for the reader, which ends with the writer."""
    queue: ByteQueue[ReadBatch] = ByteQueue(_QUEUE_BYTES)

    def read() -> None:
        error: BaseException | None = None
        try:
            for batch in read_batches(reading, folders, leave_out):
                if not queue.put(batch, batch.size_bytes, reading.cancel):
                    break
        except BaseException as raised:  # noqa: BLE001  it is raised again in the writing thread
            error = raised
        queue.finish(error)

    reader = run.ports.spawn(f"read {run.account.source.user}", read)
    try:
        writer = Writer(run)
        while (batch := queue.get(run.cancel)) is not None:
            writer.write(batch)
    finally:
        queue.abandon()
        reading.cancel.cancel()
        # A reader in the middle of a large answer would hold up the end of a cancelled or broken run.
        if not reader.join(_READER_END_S):
            run.source.abort()
            if not reader.join(_READER_CUT_S):
                # Nothing that it could still read goes anywhere; waiting on would hang the account for its sake.
                _log.error("A reader has not ended %d s after its connection was cut", _READER_CUT_S)
