"""The engine: preflight, one account, many accounts at once, verification. Knows no protocol and no window."""
