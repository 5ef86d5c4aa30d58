"""Source folders that have another name since the last pass."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.isolation import concerns_messages

_SAMPLE = 20


def follow_renames(run: Pass, source: Sequence[Folder]) -> None:
    """Let the rows of a renamed folder go with it: nothing is read again, and it keeps its destination folder.

    A folder is another one's new name if the ledger does not know it, if most of its first messages were moved from one
    that is not listed any more, and if it holds at least half as many messages. What is no rename is found message by
    message.
    """
    known = run.ledger.source_folders(run.account.id)
    listed = {folder.path for folder in source if folder.selectable}
    missing = {record.id: record for record in known if record.source not in listed and record.scanned is not None}
    new = [folder.path for folder in source if folder.selectable and all(folder.path != one.source for one in known)]
    for path in new:
        run.cancel.check()
        if not missing:
            return
        try:
            messages = run.source.examine(path).messages
            # To the end: what a listing has asked for ahead would else be taken for answers to what follows.
            sample = [head.uid for chunk in run.source.heads() for head in chunk][:_SAMPLE]
            keys = [key for _, key in run.source.header_keys(sample)] if sample else []
        except MailError as error:
            if error.reason is not Reason.FOLDER_UNREADABLE and not concerns_messages(error):
                raise
            continue
        candidates = {number: one for number, one in missing.items() if _may_be_renamed(one.source, path, new)}
        record = _holder(run, keys, candidates)
        if record is not None and record.scanned is not None and messages * 2 >= record.scanned.messages:
            run.ledger.rename_source_folder(record.id, path)
            del missing[record.id]


def _may_be_renamed(before: FolderPath, after: FolderPath, new: Iterable[FolderPath]) -> bool:
    """Not into its parent, where its messages were filed; nor to another name if it went along with its parent."""
    went_along = any(path[-1] == before[-1] for path in new if path != after)
    return before[: len(after)] != after and (after[-1] == before[-1] or not went_along)


def _holder(run: Pass, keys: Sequence[bytes], missing: Mapping[int, SourceFolderRecord]) -> SourceFolderRecord | None:
    """The missing folder that most of these messages were in."""
    held = Counter(
        folder_id for key in keys for folder_id in run.ledger.folders_holding(run.account.id, key) & missing.keys()
    )
    for folder_id, messages in held.most_common(1):
        if messages * 2 > len(keys):
            return missing[folder_id]
    return None
