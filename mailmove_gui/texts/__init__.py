"""Words for people: reasons, states, problems, numbers. gettext, English source, no Qt.

A text is looked up when a function here is called, so that the language can change while the program runs.
"""

from mailmove_gui.texts.language import (
    LANGUAGES,
    _,
    current_language,
    joined,
    ngettext,
    pgettext,
    set_language,
    system_language,
)

__all__ = ["LANGUAGES", "_", "current_language", "joined", "ngettext", "pgettext", "set_language", "system_language"]
