"""The systems somebody looks at: checks, watches, snapshots, preflights."""
