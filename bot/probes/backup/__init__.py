"""Backups: how old, how many, how large, and how old what is in them is."""
