"""Preflight: whether a change may be made now, by what was just seen. Pure rules, a file for each sort of change."""
