"""Block Kit from values: pure functions, every text from people escaped and cut to Slack's limits."""
