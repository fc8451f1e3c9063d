"""The commands: each builds what it needs, in order, and runs it."""
