"""Muster: an incident-response bot for Slack."""
