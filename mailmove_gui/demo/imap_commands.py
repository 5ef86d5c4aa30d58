"""The IMAP commands this server knows."""

from __future__ import annotations

from functools import partial

from mailmove_gui.demo import imap_folders, imap_login, imap_messages
from mailmove_gui.demo.imap_fetch import fetch
from mailmove_gui.demo.imap_search import search
from mailmove_gui.demo.imap_session import Command, Phase

COMMANDS = {
    "CAPABILITY": Command(imap_login.capability, Phase.ANY),
    "NOOP": Command(imap_login.noop, Phase.ANY),
    "LOGOUT": Command(imap_login.logout, Phase.ANY),
    "ID": Command(imap_login.identify, Phase.ANY, "ID"),
    "STARTTLS": Command(imap_login.start_tls, Phase.BEFORE_LOGIN, "STARTTLS"),
    "LOGIN": Command(imap_login.login, Phase.BEFORE_LOGIN),
    "AUTHENTICATE": Command(imap_login.authenticate, Phase.BEFORE_LOGIN),
    "ENABLE": Command(imap_login.enable, Phase.AFTER_LOGIN, "ENABLE"),
    "NAMESPACE": Command(imap_folders.namespace, Phase.AFTER_LOGIN, "NAMESPACE"),
    "LIST": Command(imap_folders.list_folders, Phase.AFTER_LOGIN),
    "XLIST": Command(imap_folders.xlist, Phase.AFTER_LOGIN, "XLIST"),
    "LSUB": Command(imap_folders.list_subscribed, Phase.AFTER_LOGIN),
    "SUBSCRIBE": Command(imap_folders.subscribe, Phase.AFTER_LOGIN),
    "UNSUBSCRIBE": Command(imap_folders.unsubscribe, Phase.AFTER_LOGIN),
    "CREATE": Command(imap_folders.create, Phase.AFTER_LOGIN),
    "DELETE": Command(imap_folders.delete, Phase.AFTER_LOGIN),
    "RENAME": Command(imap_folders.rename, Phase.AFTER_LOGIN),
    "STATUS": Command(imap_folders.status, Phase.AFTER_LOGIN),
    "SELECT": Command(imap_folders.select, Phase.AFTER_LOGIN),
    "EXAMINE": Command(partial(imap_folders.select, read_only=True), Phase.AFTER_LOGIN),
    "GETQUOTA": Command(imap_folders.get_quota, Phase.AFTER_LOGIN, "QUOTA"),
    "GETQUOTAROOT": Command(imap_folders.get_quota_root, Phase.AFTER_LOGIN, "QUOTA"),
    "APPEND": Command(imap_messages.append, Phase.AFTER_LOGIN),
    "UNSELECT": Command(imap_folders.unselect, Phase.SELECTED, "UNSELECT"),
    "CLOSE": Command(imap_folders.close, Phase.SELECTED),
    "CHECK": Command(imap_login.noop, Phase.SELECTED),
    "EXPUNGE": Command(imap_messages.expunge, Phase.SELECTED),
    "FETCH": Command(fetch, Phase.SELECTED),
    "STORE": Command(imap_messages.store, Phase.SELECTED),
    "COPY": Command(imap_messages.copy, Phase.SELECTED),
    "SEARCH": Command(search, Phase.SELECTED),
    "UID FETCH": Command(partial(fetch, by_uid=True), Phase.SELECTED),
    "UID STORE": Command(partial(imap_messages.store, by_uid=True), Phase.SELECTED),
    "UID COPY": Command(partial(imap_messages.copy, by_uid=True), Phase.SELECTED),
    "UID SEARCH": Command(partial(search, by_uid=True), Phase.SELECTED),
    "UID EXPUNGE": Command(imap_messages.uid_expunge, Phase.SELECTED, "UIDPLUS"),
}
