"""Whose mail server is this, and what is particular about it."""
