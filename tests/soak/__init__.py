"""Moving mail for a long time over lines that break: whether all arrives, and whether memory stays what it was."""
