"""Mail servers inside this process, with sample mail: for the demo, for tests and for benchmarks."""

from mailmove_gui.demo.folder import Folder, Message, NewMessage
from mailmove_gui.demo.options import ServerOptions
from mailmove_gui.demo.server import EmbeddedServer
from mailmove_gui.demo.store import Store, User

__all__ = ["EmbeddedServer", "Folder", "Message", "NewMessage", "ServerOptions", "Store", "User"]
