"""The details of one account, below the board's table."""
