"""Messages that the source shows in several folders: Gmail's labels.

Each of them is moved once, into the first of its folders in the order of `account_folders.map_account`: INBOX, Sent,
the labels by name, Starred, Important, and last All Mail, which holds everything. Its other labels are lost; the
ledger knows how many of each.
"""

from collections.abc import Sequence

from mailmove_gui.engine.context import Pass


def select_messages(run: Pass, folder_ids: Sequence[int]) -> None:
    """Decide which of the listed messages are to be moved: what the plan wants, and each of them once.

    Args:
        run: the pass.
        folder_ids: the wanted source folders that could be listed, in the order in which they are moved.
    """
    account_id, ledger = run.account.id, run.ledger
    ledger.reopen_repeated(account_id, None if run.options.label_copies else folder_ids)
    ledger.apply_selection(account_id, run.options, folder_ids)
    if run.options.label_copies or not ledger.pending_count(account_id):
        return
    ledger.leave_out_repeated(account_id, folder_ids)
    # A label that was taken away leaves the row that was moved without its message; the next label takes it over.
    for message_id, moved_before_id in ledger.relabelled(account_id, run.owner).items():
        ledger.rebind(message_id, moved_before_id)
