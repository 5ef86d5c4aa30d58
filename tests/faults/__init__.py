"""Lines and servers that fail at a chosen moment, and what the engine makes of it."""
