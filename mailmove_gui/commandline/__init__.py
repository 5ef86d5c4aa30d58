"""The parts of `mailmove`, the command without a window; `mailmove_gui.cli` puts them together."""
