"""Between window and engine: threads, events, commands. The only part of desktop that imports the engine."""
