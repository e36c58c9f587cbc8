"""How Slack asks."""
