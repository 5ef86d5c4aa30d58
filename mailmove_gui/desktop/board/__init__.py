"""The status board: where every account stands."""
