"""The configuration file of a private Dovecot 2.3."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

# What Dovecot 2.3 announces to a user who has logged in, quota plugin included. Hiding one means giving it a list.
_ANNOUNCED = """
    IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS
    THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1
    CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY
    PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE QUOTA
"""
CAPABILITIES = tuple(_ANNOUNCED.split())

# Names and uses are the same words.
_SPECIAL_FOLDERS = ("Drafts", "Sent", "Trash", "Junk", "Archive")


class Ports(NamedTuple):
    """Where a server listens."""

    imap: int
    imaps: int
    pop3: int
    pop3s: int


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """What the configuration file is made of; see `Dovecot` for the words."""

    folder: Path
    host: str
    ports: Ports
    user: str
    group: str
    uid: int
    gid: int
    separator: str
    prefix: str
    layout: Literal["fs", "maildir++"]
    hidden_capabilities: Collection[str]
    connections_per_user: int
    max_message_bytes: int
    special_folders: bool


def configuration(config: ServerConfig) -> str:
    """The text of `dovecot.conf`."""
    folder, ports = config.folder, config.ports
    location = "maildir:~/Maildir" + (":LAYOUT=fs" if config.layout == "fs" else "")
    shown = ""
    if config.hidden_capabilities:
        shown = " ".join(name for name in CAPABILITIES if name not in config.hidden_capabilities)
    mailboxes = ""
    if config.special_folders:
        mailboxes = "\n".join(
            f"  mailbox {name} {{\n    auto = create\n    special_use = \\{name}\n  }}" for name in _SPECIAL_FOLDERS
        )
    return f"""\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = {config.host}
protocols = imap pop3
default_internal_user = {config.user}
default_internal_group = {config.group}
default_login_user = {config.user}
first_valid_uid = 0
disable_plaintext_auth = no
auth_failure_delay = 0 secs
auth_cache_size = 0
# Any character in a user's name, and upper case stays.
auth_username_chars =
auth_username_format = %u
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
mail_location = {location}
mail_fsync = never
mail_plugins = quota
mail_max_userip_connections = {config.connections_per_user}
imap_capability = {shown}
service anvil {{
  chroot =
  # No growing delay after wrong passwords (2, 4, 8, 15 s).
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {ports.imap}
  }}
  inet_listener imaps {{
    port = {ports.imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  service_count = 0
  inet_listener pop3 {{
    port = {ports.pop3}
  }}
  inet_listener pop3s {{
    port = {ports.pop3s}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 200
}}
passdb {{
  driver = passwd-file
  # A file for each user: a new one is seen at once.
  args = username_format=%u {folder}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users/%u
  default_fields = uid={config.uid} gid={config.gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = {config.separator}
  prefix = {config.prefix}
{mailboxes}
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=0
  quota_max_mail_size = {config.max_message_bytes}
  quota_exceeded_message = Quota exceeded (mailbox for user is full)
}}
"""
