"""The report on paper: PDF, drawn from the same blocks as the web page, in whatever thread asks for it."""

from mailmove_gui.desktop.bridge.pdf.file import write_pdf

__all__ = ["write_pdf"]
