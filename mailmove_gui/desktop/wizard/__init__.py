"""From nothing to a started migration, one page at a time."""
