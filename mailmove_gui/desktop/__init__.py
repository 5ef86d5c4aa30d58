"""Everything Qt: windows, wizard, status board, and the bridge to the engine."""
